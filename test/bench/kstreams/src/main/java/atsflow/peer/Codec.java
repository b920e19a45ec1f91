package atsflow.peer;

import ats.canonical.v1.Application;
import ats.canonical.v1.Attachment;
import ats.canonical.v1.Candidate;
import ats.canonical.v1.FetchStatus;
import ats.canonical.v1.Provenance;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** Candidates as bytes in Confluent's framing, and the hash of what one says. One for each task. */
final class Codec {
  static final int HASH_BYTES = 16;
  private static final Blank<Candidate> CANDIDATE = new Blank<>(Candidate::new);
  private static final Blank<Application> APPLICATION = new Blank<>(Application::new);
  private static final Blank<Attachment> ATTACHMENT = new Blank<>(Attachment::new);
  private static final Provenance NOBODY = nobody();

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(8_192);
  private final byte[] frame;
  private final MessageDigest sha256;
  private BinaryEncoder encoder;

  Codec(int schemaId) {
    frame = ByteBuffer.allocate(5).put((byte) 0).putInt(schemaId).array();
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  byte[] encode(Candidate candidate) {
    out.reset();
    out.writeBytes(frame);
    encoder = EncoderFactory.get().binaryEncoder(out, encoder);
    try {
      // As the generated class writes itself, at half the cost of a walk over the schema.
      candidate.customEncode(encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Without what two deliveries of the same fact may differ in: places, times, signatures of links. */
  byte[] hashOf(Candidate candidate) {
    Candidate content = CANDIDATE.copyOf(candidate);
    content.setAttachments(each(candidate.getAttachments(), Codec::withoutSignature));
    content.setApplications(each(candidate.getApplications(), application -> {
      Application copy = APPLICATION.copyOf(application);
      copy.setAttachments(each(application.getAttachments(), Codec::withoutSignature));
      return copy;
    }));
    content.setProvenance(NOBODY);
    return Arrays.copyOf(sha256.digest(encode(content)), HASH_BYTES);
  }

  private static Attachment withoutSignature(Attachment file) {
    Attachment copy = ATTACHMENT.copyOf(file);
    copy.setSourceUrl(Reading.withoutQuery(file.getSourceUrl()));
    copy.setFetchStatus(FetchStatus.UNKNOWN);
    return copy;
  }

  private static <T> List<T> each(List<T> all, UnaryOperator<T> change) {
    return all.isEmpty() ? all : all.stream().map(change).toList();
  }

  /** What has no default is empty. */
  private static Provenance nobody() {
    Provenance nobody = new Blank<>(Provenance::new).make();
    nobody.getSchema().getFields().stream()
        .filter(field -> nobody.get(field.pos()) == null && field.schema().getType() == org.apache.avro.Schema.Type.STRING)
        .forEach(field -> nobody.put(field.pos(), ""));
    return nobody;
  }
}
