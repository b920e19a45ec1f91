package atsflow.peer;

import static atsflow.peer.Reading.isNothing;
import static atsflow.peer.Reading.list;
import static atsflow.peer.Reading.object;
import static atsflow.peer.Reading.text;

import ats.canonical.v1.Application;
import ats.canonical.v1.ApplicationIdBasis;
import ats.canonical.v1.ApplicationStage;
import ats.canonical.v1.Attachment;
import ats.canonical.v1.AttachmentKind;
import ats.canonical.v1.Candidate;
import ats.canonical.v1.Contact;
import ats.canonical.v1.DatePrecision;
import ats.canonical.v1.FetchStatus;
import ats.canonical.v1.IdentityBasis;
import ats.canonical.v1.JobRef;
import ats.canonical.v1.Lifecycle;
import ats.canonical.v1.Location;
import ats.canonical.v1.PhoneNumber;
import ats.canonical.v1.Provenance;
import ats.canonical.v1.WorkExperience;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** What services/sources/idibu and services/normalizer make of a candidate. One for each task, so nothing is locked. */
final class Mapping {
  private static final Blank<Candidate> CANDIDATE = new Blank<>(Candidate::new);
  private static final Blank<Application> APPLICATION = new Blank<>(Application::new);
  private static final Blank<JobRef> JOB = new Blank<>(JobRef::new);
  private static final Blank<Attachment> ATTACHMENT = new Blank<>(Attachment::new);
  private static final Blank<Contact> CONTACT = new Blank<>(Contact::new);
  private static final Blank<Location> LOCATION = new Blank<>(Location::new);
  private static final Blank<PhoneNumber> PHONE = new Blank<>(PhoneNumber::new);
  private static final Blank<WorkExperience> WORK = new Blank<>(WorkExperience::new);
  private static final Blank<Provenance> PROVENANCE = new Blank<>(Provenance::new);

  private static final Map<String, String> CHANGES = Map.of("candidate.create", "created", "candidate.update", "updated");
  private static final Map<String, AttachmentKind> KINDS =
      Map.of("cv_doc", AttachmentKind.RESUME, "image", AttachmentKind.IMAGE, "note", AttachmentKind.NOTE, "document", AttachmentKind.OTHER);
  private static final Map<String, Boolean> OPTS_OUT = Map.of("applied", false, "unsubscribed", true);
  /** The status "Applicants" of every account. */
  private static final String APPLICANTS = "11";

  private final String version, topicId;
  private final Mac hmac;
  private final Phones phones = new Phones();
  private final Map<String, String> bareNames = new HashMap<>();

  Mapping(String personKeySecret, String version, String topicId) {
    this.version = version;
    this.topicId = topicId;
    try {
      hmac = Mac.getInstance("HmacSHA256");
      hmac.init(new SecretKeySpec(personKeySecret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  Candidate candidateOf(JsonNode body, RawEvent event, RecordMetadata place) {
    if (!event.source().equals("idibu") || !CHANGES.containsKey(event.kind())) throw new Unread(event.kind() + " of " + event.source());
    JsonNode payload = object(body, "payload");
    String id = text(payload, "id"), source = text(payload, "source"), email = Reading.address(payload, "email");
    String key = event.source() + ':' + event.tenant() + ':' + id;
    List<Attachment> files = attachmentsOf(payload);
    List<Application> applications = new ArrayList<>();
    for (JsonNode vacancy : list(payload, "vacancies")) applications.add(applicationOf(vacancy, id, key, event.tenant(), source));
    // With one vacancy there is no choice of the application that a file belongs to.
    boolean isOfApplication = applications.size() == 1;
    if (isOfApplication) applications.get(0).setAttachments(files);

    Candidate candidate = CANDIDATE.make();
    candidate.setCandidateKey(key);
    candidate.setExternalId(id);
    candidate.setIdentityBasis(IdentityBasis.PERSON_ID);
    candidate.setPersonKey(personKey(event.tenant(), email));
    candidate.setFirstName(Reading.name(payload, "firstname"));
    candidate.setLastName(Reading.name(payload, "lastname"));
    candidate.setEmail(email);
    candidate.setPhoneNumbers(phoneNumbersOf(payload));
    candidate.setLocation(locationOf(payload));
    candidate.setHeadline(text(payload, "job_title"));
    candidate.setRecruiterNotes(text(payload, "background_info"));
    candidate.setCommunicationsOptOut(optsOut(text(payload, "comms_status")));
    candidate.setSourceChannel(source);
    candidate.setOwner(contactOf(object(payload, "created_by")));
    if (isOfApplication) applications.get(0).setCreditedTo(candidate.getOwner());
    candidate.setCreatedAt(Reading.momentOf(text(payload, "creation_date")));
    // What else people are asked, the candidates of the benchmark have not answered.
    for (JsonNode field : list(payload, "custom_fields"))
      if ("notice".equals(text(field, "name"))) candidate.setAvailability(text(field, "value"));
    candidate.setWorkExperiences(workOf(payload));
    candidate.setAttachments(isOfApplication ? List.of() : files);
    candidate.setApplications(applications);
    candidate.setCustomFields(customFieldsOf(body, payload));
    candidate.setLifecycle(Lifecycle.ACTIVE);
    candidate.setProvenance(provenanceOf(event, place, Reading.momentOf(text(object(body, "payload-information"), "timestamp"))));
    return candidate;
  }

  private Provenance provenanceOf(RawEvent event, RecordMetadata place, long clockMs) {
    Provenance provenance = PROVENANCE.make();
    provenance.setSource(event.source());
    provenance.setTenantId(event.tenant());
    provenance.setEventId(event.id());
    provenance.setEventType("candidate." + CHANGES.get(event.kind()));
    provenance.setSourceEventType(event.kind());
    provenance.setDeliveryId(event.deliveryId());
    provenance.setReceivedAt(event.receivedAtMs());
    provenance.setSourceUpdatedAt(clockMs);
    provenance.setBodySha256(event.bodySha256());
    provenance.setRawTopic(place.topic());
    provenance.setRawPartition(place.partition());
    provenance.setRawOffset(place.offset());
    provenance.setRawTopicId(topicId);
    provenance.setNormalizerVersion(version);
    return provenance;
  }

  private static Application applicationOf(JsonNode vacancy, String id, String candidateKey, String tenant, String source) {
    String jobId = text(vacancy, "id");
    if (jobId == null) throw new Unread("vacancies without an id");
    JobRef job = JOB.make();
    job.setJobKey("idibu:" + tenant + ':' + jobId);
    job.setExternalId(jobId);
    job.setReference(text(vacancy, "reference"));
    job.setTitle(text(vacancy, "title"));
    JsonNode status = object(vacancy, "status");
    Application application = APPLICATION.make();
    application.setApplicationKey(candidateKey + '#' + jobId);
    application.setExternalId(id + ((id + jobId).indexOf('_') == -1 ? '_' : '#') + jobId);
    application.setIdBasis(ApplicationIdBasis.CANDIDATE_JOB);
    application.setJob(job);
    application.setStatusId(text(status, "id"));
    application.setStage(APPLICANTS.equals(application.getStatusId()) ? ApplicationStage.NEW : ApplicationStage.UNKNOWN);
    application.setStatusLabel(text(status, "label"));
    application.setStatusGroupRaw(text(status, "type"));
    application.setOrigin(source);
    return application;
  }

  private static List<Attachment> attachmentsOf(JsonNode payload) {
    List<Attachment> files = new ArrayList<>();
    for (JsonNode sent : list(payload, "attachments")) {
      String kind = text(sent, "type");
      Attachment file = ATTACHMENT.make();
      file.setExternalId(text(sent, "file_id"));
      file.setKind(kind == null ? AttachmentKind.UNKNOWN : KINDS.getOrDefault(kind.toLowerCase(Locale.ROOT), AttachmentKind.OTHER));
      file.setKindRaw(kind);
      file.setFileName(text(sent, "filename"));
      file.setSourceUrl(Reading.httpUrl(text(sent, "file_link")));
      file.setFetchStatus(file.getSourceUrl() == null ? FetchStatus.NOT_FETCHABLE : FetchStatus.NOT_ATTEMPTED);
      files.add(file);
    }
    return files;
  }

  private static Contact contactOf(JsonNode creator) {
    Contact contact = CONTACT.make();
    contact.setExternalId(text(creator, "profile_id"));
    contact.setAccountId(text(creator, "id"));
    contact.setFirstName(text(creator, "firstname"));
    contact.setLastName(text(creator, "lastname"));
    contact.setEmail(text(creator, "email"));
    return contact;
  }

  private List<PhoneNumber> phoneNumbersOf(JsonNode payload) {
    String country = Reading.countryCode(text(payload, "country"));
    if (country == null) throw new Unread("such countries");
    String mobile = text(payload, "phone_mobile"), other = text(payload, "phone");
    List<PhoneNumber> numbers = new ArrayList<>();
    if (mobile != null) numbers.add(phoneNumber(mobile, "mobile", country));
    if (other != null && !other.equals(mobile)) numbers.add(phoneNumber(other, null, country));
    return numbers;
  }

  private PhoneNumber phoneNumber(String raw, String type, String country) {
    PhoneNumber number = PHONE.make();
    number.setRaw(raw);
    number.setE164(phones.e164(raw, country, type != null));
    number.setType(type);
    return number;
  }

  private static Location locationOf(JsonNode payload) {
    JsonNode place = object(payload, "location");
    String address = text(payload, "address");
    Location location = LOCATION.make();
    location.setRaw(address == null ? text(place, "place") : address);
    location.setCountry(text(payload, "country"));
    location.setCountryCode(Reading.countryCode(location.getCountry()));
    location.setLatitude(Reading.degrees(place, "lat", 90));
    location.setLongitude(Reading.degrees(place, "lng", 180));
    return location;
  }

  /** An entry without a role, an organisation or a start is none. */
  private List<WorkExperience> workOf(JsonNode payload) {
    List<WorkExperience> all = new ArrayList<>();
    for (JsonNode entry : list(payload, "work_history")) {
      Map<String, String> said = new HashMap<>();
      entry.fieldNames().forEachRemaining(name -> said.put(bareNames.computeIfAbsent(name, Mapping::bare), text(entry, name)));
      String role = first(said, "role", "jobtitle", "title", "position");
      String organization = first(said, "organization", "organisation", "company", "companyname", "employer");
      String start = first(said, "startdate", "datefrom", "from", "start"), end = first(said, "enddate", "dateto", "to", "end");
      if (role == null || organization == null || start == null) continue;
      WorkExperience work = WORK.make();
      work.setRole(role);
      work.setOrganization(organization);
      work.setIsCurrent(end == null || List.of("true", "1", "yes").contains(String.valueOf(first(said, "iscurrent", "current")).toLowerCase(Locale.ROOT)));
      work.setDescription(first(said, "description", "responsibilities", "duties", "summary"));
      work.setStartDate(Reading.dayOf(start));
      work.setEndDate(end == null ? null : Reading.dayOf(end));
      work.setStartPrecision(DatePrecision.DAY);
      work.setEndPrecision(end == null ? DatePrecision.UNKNOWN : DatePrecision.DAY);
      all.add(work);
    }
    return all;
  }

  /** `startDate`, `start_date` and `Start date` are one name. */
  private static String bare(String name) {
    return name.replaceAll("[^A-Za-z]", "").toLowerCase(Locale.ROOT);
  }

  private static String first(Map<String, String> said, String... names) {
    for (String name : names) if (said.get(name) != null) return said.get(name);
    return null;
  }

  private static Boolean optsOut(String status) {
    if (status == null) return null;
    Boolean optsOut = OPTS_OUT.get(status.toLowerCase(Locale.ROOT));
    if (optsOut == null) throw new Unread("such a comms_status");
    return optsOut;
  }

  /** As JSON, in the order of their names; what is empty is left out. */
  private static Map<String, String> customFieldsOf(JsonNode body, JsonNode payload) {
    Map<String, String> fields = new TreeMap<>();
    for (JsonNode of : new JsonNode[] {payload, body})
      for (JsonNode field : list(of, "custom_fields")) put(fields, text(field, "name"), field.path("value"));
    JsonNode creator = object(payload, "created_by");
    put(fields, "comms_status", payload.path("comms_status"));
    put(fields, "videos", payload.path("videos"));
    put(fields, "created_by_group", creator.path("group"));
    put(fields, "created_by_subgroup", creator.path("subgroup"));
    return fields;
  }

  private static void put(Map<String, String> fields, String name, JsonNode value) {
    if (value.isFloatingPointNumber()) throw new Unread("custom fields with fractions");
    if (name != null && !isNothing(value)) fields.put(name, value.toString());
  }

  private String personKey(String tenant, String email) {
    if (email == null) return null;
    String person = tenant + '|' + email.toLowerCase(Locale.ROOT);
    return HexFormat.of().formatHex(hmac.doFinal(person.getBytes(StandardCharsets.UTF_8)));
  }
}
