package atsflow.peer;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.Stores;

/** Raw candidates of idibu to canonical ones, exactly once, until it is ended or meets what it does not read. */
public final class Main {
  public static void main(String[] args) throws InterruptedException, ExecutionException {
    KafkaStreams streams = new KafkaStreams(topology(), properties());
    CountDownLatch over = new CountDownLatch(1);
    streams.setUncaughtExceptionHandler(failure -> {
      Throwable cause = failure;
      while (cause.getCause() != null) cause = cause.getCause();
      // test/bench/kstreams/peer.ts looks for this line.
      System.err.println("ended by " + cause);
      failure.printStackTrace();
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    });
    streams.setStateListener((now, before) -> {
      if (now == KafkaStreams.State.ERROR || now == KafkaStreams.State.NOT_RUNNING) over.countDown();
    });
    Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(Duration.ofSeconds(10))));
    streams.start();
    over.await();
    if (streams.state() == KafkaStreams.State.ERROR) System.exit(1);
  }

  private static Topology topology() throws InterruptedException, ExecutionException {
    int schemaId = Integer.parseInt(env("SCHEMA_ID"));
    String secret = env("PERSON_KEY_SECRET"), version = env("NORMALIZER_VERSION");
    String topicId = idOf(env("TOPIC_RAW"));
    ByteArraySerializer bytes = new ByteArraySerializer();
    return new Topology()
        .addSource("raw", new ByteArrayDeserializer(), new ByteArrayDeserializer(), env("TOPIC_RAW"))
        .addProcessor("normalize", () -> new Normalizer(new Mapping(secret, version, topicId), new Codec(schemaId)), "raw")
        .addStateStore(
            Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(Normalizer.STORE), Serdes.ByteArray(), Serdes.ByteArray()),
            "normalize")
        .addSink(Normalizer.CANONICAL, env("TOPIC_CANONICAL"), bytes, bytes, "normalize")
        .addSink(Normalizer.DEAD_LETTER, env("TOPIC_DEAD_LETTER"), bytes, bytes, "normalize");
  }

  /** Kafka's own id of a topic. */
  private static String idOf(String topic) throws InterruptedException, ExecutionException {
    try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, env("KAFKA_BROKERS")))) {
      return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).topicId().toString();
    }
  }

  private static Properties properties() {
    Properties properties = new Properties();
    properties.putAll(Map.of(
        StreamsConfig.APPLICATION_ID_CONFIG, env("APPLICATION_ID"),
        StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, env("KAFKA_BROKERS"),
        StreamsConfig.STATE_DIR_CONFIG, env("STATE_DIR"),
        StreamsConfig.NUM_STREAM_THREADS_CONFIG, env("THREADS"),
        StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2,
        StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100));
    properties.putAll(Map.of(
        "consumer.auto.offset.reset", "earliest",
        // The session of our normalizer.
        "consumer.session.timeout.ms", 10_000,
        // It is faster with these than with what Kafka has by default.
        "producer.batch.size", 131_072,
        "producer.linger.ms", 20,
        "producer.max.request.size", 4_194_304));
    return properties;
  }

  private static String env(String name) {
    String value = System.getenv(name);
    if (value == null || value.isEmpty()) throw new IllegalStateException(name + " is not set");
    return value;
  }
}
