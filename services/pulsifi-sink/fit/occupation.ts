/** The occupation that a title names, without what titles carry besides: `Attaché(e) commercial h/f – Lyon (69)`. */

const GENDER =
  /[([]?\s*(?<![\p{L}\p{N}])(?:[hfmwdvx]\s*[/|·-]\s*[hfmwdvx](?:\s*[/|·-]\s*[hfmwdvx])?|tous genres|all genders)(?![\p{L}\p{N}])\s*[)\]]?/giu
/** `Attaché(e)`, `Chargé·e`, `Vendeur(se)`: the word without its other endings. */
const OTHER_ENDING = /(?<=\p{L})(?:\((?:e|ne|se|euse|rice|trice|ère|le|s|es)\)|[·.]e(?:[·.]s)?(?![\p{L}]))/giu
const BRACKETS = /\([^()]*\)|\[[^[\]]*\]/g
/** After a dash or a bar come places, contracts and hours. */
const REST = /\s+[-–—|•:]\s.*$|\s*[|•].*$|,\s.*$/u
const REFERENCE = /(?<![\p{L}\p{N}])(?:ref|réf|n°|#)\s*[.:]?\s*[\p{L}\p{N}-]*\d[\p{L}\p{N}-]*/giu
const CONTRACT =
  /(?<![\p{L}\p{N}])(?:CDI|CDD|CDII|intérim|stage|alternance|full[- ]time|part[- ]time|temps (?:plein|partiel)|heltid|deltid|vikariat|\d{1,3} ?%)(?![\p{L}\p{N}])/giu

/** Empty when the title names nothing that has a letter. */
export function occupationIn(title: string): string {
  const bare = title.replace(GENDER, ' ').replace(OTHER_ENDING, '').replace(REFERENCE, ' ')
  const short = bare.replace(BRACKETS, ' ').replace(CONTRACT, ' ').replace(REST, '')
  const named = [short, bare, title].find(text => /\p{L}{2}/u.test(text)) ?? ''
  return named.replace(/\s+/g, ' ').replace(/^[\s\-–—|•:,/]+|[\s\-–—|•:,/]+$/gu, '')
}
