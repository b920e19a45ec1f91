package atsflow.peer;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is remembered of a candidate. `superseded`: bodies that versions before came in, and when each was received, ms.
 */
record Known(byte[] hash, long clockMs, long receivedAtMs, String bodySha256, Map<String, Long> superseded) {
  /** idibu repeats a delivery for so long. */
  private static final long REPEATS_WITHIN_MS = 48 * 3_600_000L;
  private static final int SUPERSEDED_MAX = 8;
  private static final int SHA256_BYTES = 32;

  /** Whether it says nothing new beside what is known: the same again, something older, or what has been replaced. */
  boolean addsNothingTo(Known known) {
    Long replacedMs = known.superseded.get(bodySha256);
    if (replacedMs != null && Math.abs(receivedAtMs - replacedMs) <= REPEATS_WITHIN_MS) return true;
    return clockMs < known.clockMs || Arrays.equals(hash, known.hash);
  }

  /** Bodies that it takes the place of, the newest first. */
  Map<String, Long> supersededAfter(Known known) {
    Map<String, Long> bodies = new LinkedHashMap<>(known.superseded);
    bodies.put(known.bodySha256, known.receivedAtMs);
    Map<String, Long> kept = new LinkedHashMap<>();
    bodies.entrySet().stream()
        .filter(body -> !body.getKey().equals(bodySha256) && receivedAtMs - body.getValue() <= REPEATS_WITHIN_MS)
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .limit(SUPERSEDED_MAX)
        .forEach(body -> kept.put(body.getKey(), body.getValue()));
    return kept;
  }

  byte[] toBytes() {
    ByteBuffer bytes = ByteBuffer.allocate(Codec.HASH_BYTES + 16 + SHA256_BYTES + superseded.size() * (SHA256_BYTES + 8));
    bytes.put(hash).putLong(clockMs).putLong(receivedAtMs).put(HexFormat.of().parseHex(bodySha256));
    superseded.forEach((body, atMs) -> bytes.put(HexFormat.of().parseHex(body)).putLong(atMs));
    return bytes.array();
  }

  static Known of(byte[] stored) {
    ByteBuffer bytes = ByteBuffer.wrap(stored);
    byte[] hash = new byte[Codec.HASH_BYTES];
    long clockMs = bytes.get(hash).getLong(), receivedAtMs = bytes.getLong();
    String body = hexOf(bytes);
    Map<String, Long> superseded = new LinkedHashMap<>();
    while (bytes.hasRemaining()) superseded.put(hexOf(bytes), bytes.getLong());
    return new Known(hash, clockMs, receivedAtMs, body, superseded);
  }

  private static String hexOf(ByteBuffer bytes) {
    byte[] sha256 = new byte[SHA256_BYTES];
    bytes.get(sha256);
    return HexFormat.of().formatHex(sha256);
  }
}
