/** The text of a Java properties file. */
export type Properties = Readonly<Record<string, string | number | boolean>>

export const propertiesText = (entries: Properties): string =>
  Object.entries(entries)
    .map(([name, value]) => `${name}=${propertyValue(String(value))}\n`)
    .join('')

/** In a properties file the backslash escapes. */
const propertyValue = (value: string): string => value.replaceAll('\\', '\\\\')
