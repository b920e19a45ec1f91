package atsflow.peer;

/** The peer is made for the benchmark's candidates. Rather than guess at anything else it ends, and says at what. */
final class Unread extends RuntimeException {
  Unread(String what) {
    super("the peer does not read " + what);
  }
}
