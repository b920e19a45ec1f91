package atsflow.peer;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberType;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Telephone numbers in E.164. Remembers as many answers as ours does; one for each task, so nothing is locked. */
final class Phones {
  private static final PhoneNumberUtil LIBRARY = PhoneNumberUtil.getInstance();
  private static final Pattern PLAIN = Pattern.compile("\\+?[0-9(][0-9 ().-]*");
  private static final int REMEMBERED = 1_000;
  /** Dialled from France as if they were there. */
  private static final List<String> OVERSEAS = List.of("FR", "RE", "YT", "GP", "MQ", "GF");

  private record Question(String number, String country, boolean isMobile) {}

  private final Map<Question, Optional<String>> known = new HashMap<>();

  /** Null when it is no valid number. */
  String e164(String number, String country, boolean isMobile) {
    Question question = new Question(number, country, isMobile);
    Optional<String> answer = known.get(question);
    if (answer == null) {
      if (known.size() >= REMEMBERED) known.clear();
      answer = read(question);
      known.put(question, answer);
    }
    return answer.orElse(null);
  }

  private static Optional<String> read(Question question) {
    String number = question.number.replaceFirst("^00(?=[1-9])", "+");
    if (!PLAIN.matcher(number).matches()) throw new Unread("telephone numbers with words");
    for (String country : question.country.equals("FR") ? OVERSEAS : List.of(question.country)) {
      try {
        PhoneNumber parsed = LIBRARY.parse(number, country);
        if (!LIBRARY.isValidNumber(parsed)) continue;
        // A mobile number that would be a landline there is a mobile number of somewhere else.
        boolean isElsewhere = question.isMobile && !number.startsWith("+") && LIBRARY.getNumberType(parsed) == PhoneNumberType.FIXED_LINE;
        if (!isElsewhere) return Optional.of(LIBRARY.format(parsed, PhoneNumberFormat.E164));
      } catch (NumberParseException e) {
        // As it is read elsewhere, or not at all.
      }
    }
    return Optional.empty();
  }
}
