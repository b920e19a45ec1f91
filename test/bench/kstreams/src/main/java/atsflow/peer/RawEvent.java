package atsflow.peer;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** What ingress says of an event, in the headers of its record. */
record RawEvent(String id, String source, String tenant, String kind, long receivedAtMs, String deliveryId, String bodySha256) {
  static RawEvent of(Headers headers) {
    String id = null, place = null, kind = null, time = null, delivery = null, sha256 = null;
    for (Header header : headers) {
      switch (header.key()) {
        case "ce_id" -> id = text(header);
        case "ce_source" -> place = text(header);
        case "ce_type" -> kind = text(header);
        case "ce_time" -> time = text(header);
        case "atsflow-delivery-id" -> delivery = text(header);
        case "atsflow-body-sha256" -> sha256 = text(header);
        case "ce_dataref", "atsflow-ignored-content-encoding" -> throw new Unread("events with " + header.key());
        default -> {}
      }
    }
    String[] parts = place == null ? new String[0] : place.split("/");
    if (id == null || kind == null || sha256 == null || parts.length != 4 || !parts[1].equals("hooks"))
      throw new Unread("these headers");
    return new RawEvent(id, parts[2], parts[3], kind, Reading.momentOf(time), delivery, sha256);
  }

  private static String text(Header header) {
    return new String(header.value(), StandardCharsets.UTF_8);
  }
}
