package atsflow.peer;

import ats.canonical.v1.Application;
import ats.canonical.v1.Candidate;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;

/** A raw record: published, refused, or nothing new. */
final class Normalizer implements Processor<byte[], byte[], byte[], byte[]> {
  static final String STORE = "known", CANONICAL = "canonical", DEAD_LETTER = "dead-letter";
  private static final int KEY_BYTES_MAX = 600, DEPTH_MAX = 64;

  private static final ObjectReader JSON = new ObjectMapper(JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
          .build())
      .reader()
      .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final Mapping mapping;
  private final Codec codec;
  private ProcessorContext<byte[], byte[]> context;
  private KeyValueStore<byte[], byte[]> store;

  Normalizer(Mapping mapping, Codec codec) {
    this.mapping = mapping;
    this.codec = codec;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    this.context = context;
    store = context.getStateStore(STORE);
  }

  @Override
  public void process(Record<byte[], byte[]> raw) {
    RawEvent event = RawEvent.of(raw.headers());
    RecordMetadata place = context.recordMetadata().orElseThrow();
    Candidate candidate = mapping.candidateOf(parsed(raw.value()), event, place);
    if (!hasUsableKeys(candidate)) {
      context.forward(deadLetter(raw, place, "an id is too long or holds control characters"), DEAD_LETTER);
      return;
    }
    byte[] key = candidate.getCandidateKey().getBytes(StandardCharsets.UTF_8);
    byte[] stored = store.get(key);
    Known incoming = new Known(codec.hashOf(candidate), candidate.getProvenance().getSourceUpdatedAt(), event.receivedAtMs(), event.bodySha256(), Map.of());
    if (stored != null) {
      Known known = Known.of(stored);
      if (incoming.addsNothingTo(known)) return;
      Map<String, Long> superseded = incoming.supersededAfter(known);
      candidate.getProvenance().setSuperseded(superseded);
      incoming = new Known(incoming.hash(), incoming.clockMs(), incoming.receivedAtMs(), incoming.bodySha256(), superseded);
    }
    store.put(key, incoming.toBytes());
    context.forward(new Record<>(key, codec.encode(candidate), raw.timestamp(), tracing(raw.headers())), CANONICAL);
  }

  private static JsonNode parsed(byte[] value) {
    try {
      return JSON.readTree(value);
    } catch (IOException e) {
      throw new Unread("such JSON");
    }
  }

  private static boolean hasUsableKeys(Candidate candidate) {
    boolean areUsable = isUsable(candidate.getCandidateKey());
    for (Application application : candidate.getApplications())
      areUsable &= isUsable(application.getApplicationKey()) && isUsable(application.getJob().getJobKey());
    return areUsable;
  }

  private static boolean isUsable(String key) {
    return key.getBytes(StandardCharsets.UTF_8).length <= KEY_BYTES_MAX && key.chars().noneMatch(Character::isISOControl);
  }

  private static Headers tracing(Headers headers) {
    Headers kept = new RecordHeaders();
    for (String name : new String[] {"ce_id", "traceparent"}) {
      Header header = headers.lastHeader(name);
      if (header != null) kept.add(header);
    }
    return kept;
  }

  /** All that the record was, and why it was refused. */
  private static Record<byte[], byte[]> deadLetter(Record<byte[], byte[]> raw, RecordMetadata place, String why) {
    Headers headers = new RecordHeaders(raw.headers());
    Map.of(
        "__dlq.errors.topic", place.topic(),
        "__dlq.errors.partition", String.valueOf(place.partition()),
        "__dlq.errors.offset", String.valueOf(place.offset()),
        "__dlq.errors.group", "normalizer",
        "__dlq.errors.message", why,
        "__dlq.errors.delivery.count", "1",
        "__dlq.error.code", "PAYLOAD_INVALID",
        "__dlq.error.stage", "normalize")
        .forEach((name, text) -> headers.add(name, text.getBytes(StandardCharsets.UTF_8)));
    return new Record<>(raw.key(), raw.value(), raw.timestamp(), headers);
  }
}
