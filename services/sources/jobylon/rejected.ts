/** The group of the statuses of people whom the company has rejected. */
export const REJECTED = '19'

const WORDS =
  /^(?:reject(?:ed)?|declined?|refused?|not (?:selected|suitable)|denied|avslag(?:en)?|avvisade?|avböjd|nekad|(?:ej|inte) aktuell|refusée?|rejetée?|non retenue?|afvist|avslått|afgewezen|abgelehnt|hylätty)$/i

/** Companies name the statuses of a group: "Overqualified" says why somebody is rejected, "Rejected" does not. */
export const isWordForRejected = (label: string | null): boolean => WORDS.test(label ?? '')
