package atsflow.peer;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.text.Normalizer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Texts, times, places and links as the candidates have them. */
final class Reading {
  private Reading() {}

  /** The member, which is an object. */
  static JsonNode object(JsonNode of, String name) {
    JsonNode value = of.get(name);
    if (value == null || !value.isObject()) throw new Unread(name + " without members");
    return value;
  }

  /** The elements of a list; none where it is absent. */
  static JsonNode list(JsonNode of, String name) {
    JsonNode value = of.path(name);
    if (!value.isArray() && !value.isMissingNode()) throw new Unread(name + " that is no list");
    return value;
  }

  /** A scalar as trimmed text; null when it is absent, empty or false. */
  static String text(JsonNode of, String name) {
    JsonNode value = of.get(name);
    if (value == null || isNothing(value)) return null;
    if (value.isTextual()) return value.textValue().strip();
    if (value.isIntegralNumber() || value.isBoolean()) return value.asText();
    throw new Unread(name + " as " + value.getNodeType());
  }

  /** How systems say that there is none. */
  static boolean isNothing(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> value.textValue().isBlank();
      case BOOLEAN -> !value.booleanValue();
      case ARRAY, OBJECT -> value.isEmpty();
      case NULL, MISSING -> true;
      default -> false;
    };
  }

  private static final Pattern USUAL_NAME =
      Pattern.compile("(?:\\p{L}\\p{M}*)+(?:[ '’.-]{1,2}(?:\\p{L}\\p{M}*)+)*\\.?");

  /** A name in which there is nothing to repair. */
  static String name(JsonNode of, String name) {
    String text = text(of, name);
    if (text != null && !USUAL_NAME.matcher(text).matches()) throw new Unread("names with more than letters");
    return text;
  }

  private static final Pattern USUAL_ADDRESS =
      Pattern.compile("[A-Za-z0-9_+-]+(?:\\.[A-Za-z0-9_+-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z]{2,}");

  /** An address in which there is nothing to repair. */
  static String address(JsonNode of, String name) {
    String text = text(of, name);
    if (text != null && !USUAL_ADDRESS.matcher(text).matches()) throw new Unread("unusual addresses");
    return text;
  }

  /** `2026-01-05T08:00:00+00:00`, with or without milliseconds, as ms since the epoch. */
  static long momentOf(String text) {
    if (text == null) throw new Unread("an event without a time");
    try {
      boolean isUtc = text.endsWith("Z") || text.endsWith("+00:00");
      if (!isUtc || text.length() < 20) return OffsetDateTime.parse(text).toInstant().toEpochMilli();
      int fraction = text.charAt(19) == '.' ? 3 : 0;
      if (fraction > 0 && !Character.isDigit(text.charAt(22))) return Instant.parse(text).toEpochMilli();
      long seconds = day(text) * 86_400L + digits(text, 11, 13) * 3_600L + digits(text, 14, 16) * 60L + digits(text, 17, 19);
      return seconds * 1_000 + (fraction > 0 ? digits(text, 20, 23) : 0);
    } catch (DateTimeException | NumberFormatException e) {
      throw new Unread("such times");
    }
  }

  /** `2026-01-05` as days since the epoch. */
  static int dayOf(String text) {
    try {
      if (text.length() == 10) return (int) day(text);
    } catch (DateTimeException | NumberFormatException e) {
      // Told below.
    }
    throw new Unread("days written otherwise");
  }

  /** Not by a formatter, which costs more than the rest of the reading. */
  private static long day(String text) {
    return LocalDate.of(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)).toEpochDay();
  }

  private static int digits(String text, int from, int to) {
    return Integer.parseInt(text, from, to, 10);
  }

  private static final Pattern DEGREES = Pattern.compile("-?[0-9]{1,3}(?:\\.[0-9]+)?");

  static Double degrees(JsonNode of, String name, int limit) {
    JsonNode value = of.path(name);
    if (!value.isNumber() && !DEGREES.matcher(value.asText()).matches()) return null;
    double degrees = value.isNumber() ? value.doubleValue() : Double.parseDouble(value.textValue());
    return Math.abs(degrees) <= limit ? degrees : null;
  }

  static String httpUrl(String text) {
    if (text == null) return null;
    try {
      URI url = new URI(text);
      String scheme = url.getScheme();
      if (url.getHost() != null && ("https".equals(scheme) || "http".equals(scheme))) return text;
    } catch (URISyntaxException e) {
      // Told below.
    }
    throw new Unread("such links");
  }

  /** What stays the same when a link is signed again. */
  static String withoutQuery(String url) {
    int at = url == null ? -1 : url.indexOf('?');
    return at == -1 ? url : url.substring(0, at);
  }

  private static final Map<String, String> COUNTRIES = countries();

  /** ISO 3166-1 alpha-2 of a code or a name in one of the sources' languages; null when it is none. */
  static String countryCode(String text) {
    return text == null ? null : COUNTRIES.get(folded(text));
  }

  private static Map<String, String> countries() {
    Map<String, String> codes = new HashMap<>();
    for (String language : "en fr sv de nl es da no fi it pt pl ar".split(" "))
      for (String code : Locale.getISOCountries()) {
        codes.put(folded(code), code);
        codes.putIfAbsent(folded(new Locale("", code).getDisplayCountry(new Locale(language))), code);
      }
    return codes;
  }

  private static String folded(String text) {
    String plain = Normalizer.isNormalized(text, Normalizer.Form.NFD) ? text : Normalizer.normalize(text, Normalizer.Form.NFD);
    return plain.replaceAll("\\p{M}", "").toLowerCase(Locale.ROOT);
  }
}
