package atsflow.peer;

import java.util.List;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecordBase;

/** Records in which each field holds the schema's default, so that a field that no mapping fills is as empty as ours. */
final class Blank<R extends SpecificRecordBase> {
  private final Supplier<R> maker;
  private final Object[] defaults;

  Blank(Supplier<R> maker) {
    this.maker = maker;
    List<Schema.Field> fields = maker.get().getSchema().getFields();
    defaults = new Object[fields.size()];
    for (Schema.Field field : fields)
      if (field.hasDefaultValue()) defaults[field.pos()] = SpecificData.get().getDefaultValue(field);
  }

  R make() {
    R made = maker.get();
    for (int at = 0; at < defaults.length; at++) if (defaults[at] != null) made.put(at, defaults[at]);
    return made;
  }

  R copyOf(R record) {
    R copy = maker.get();
    for (int at = 0; at < defaults.length; at++) copy.put(at, record.get(at));
    return copy;
  }
}
