/** How adverts speak of the company, of what it offers and of what nobody needs; patterns, one language a line. */

/** Any of the patterns, in whatever case. */
const any = (...patterns: readonly string[]): string => `(?:${patterns.join('|')})`
const whole = (...patterns: readonly string[]): RegExp =>
  new RegExp(String.raw`(?<![\p{L}\p{N}])${any(...patterns)}(?![\p{L}\p{N}])`, 'iu')

/** Headings of parts that are about the company or its benefits. */
export const ASIDE_HEADING = new RegExp(
  `^[\\W_]*${any(
    "(?:a bit |more )?about (?:us|the (?:company|client|firm|group|team))|who we are|our (?:story|values|culture|benefits|offer)|the (?:company|client|package|benefits)|what we(?: can|['’]ll)? (?:offer|give)|we offer|in return|what['’]s in it for you|why (?:join|work (?:for|with|at)) us|(?:our |the )?benefits(?: package)?|perks(?: .*)?|(?:salary|pay|rewards?)(?: (?:and|&) benefits)?|what you['’]ll get|you['’]ll (?:get|receive)|equal opportunit(?:y|ies)|how to apply",
    "(?:à propos|qui sommes[- ]nous|l['’]entreprise|la société|le groupe|notre (?:entreprise|société|groupe|histoire|client)|présentation de (?:l['’]entreprise|la société)|(?:nos |les |vos )?avantages|nous (?:vous )?(?:offrons|proposons)|ce que nous (?:vous )?(?:offrons|proposons)|conditions|rémunération|pourquoi nous rejoindre|on vous offre)(?: .*)?",
    'om (?:oss|företaget|kunden|arbetsplatsen|bolaget|arbetsgivaren)|vi (?:erbjuder|bjuder på|ger dig)|vad vi erbjuder|detta erbjuder vi|hos oss|förmåner|våra förmåner|lön och villkor|ansökan|så ansöker du|vilka är vi|om (?!dig|rollen|tjänsten|jobbet).{3,30}',
    'vi tilbyder|vi tilbyr|om os|wij bieden|wat wij bieden|over ons|ons aanbod|arbeidsvoorwaarden',
  )}[\\s:?!.…]*$`,
  'iu',
)

/** Headings of parts that are about the work or the person. */
export const WORK_HEADING = new RegExp(
  `^[\\W_]*${any(
    "(?:your |candidate |the )?(?:profile|requirements?|qualifications|skills(?: (?:and|&) experience)?|experience|role|job|person|responsibilities|duties|essential|desirable|criteria)|(?:key |main )(?:duties|responsibilities|skills|tasks)|about (?:you|the (?:role|job))|who you are|what (?:you['’]ll|you will) (?:do|bring|need)|what we(?:['’]re| are) looking for",
    '(?:votre |le |son )?(?:profil|missions?|rôle|poste|compétences|qualifications|expérience)(?: .*)?|(?:vos|les|nos) missions|ce que (?:vous ferez|nous (?:re)?cherchons)|vous êtes|description du poste',
    '(?:din |dina )?(?:profil|kravprofil|kvalifikationer|krav|arbetsuppgifter|uppgifter|kompetens|meriterande|bakgrund|rollen|tjänsten)|om (?:dig|rollen|tjänsten|jobbet)|vem är du|vi (?:söker|tror att du)(?: .*)?|vad vi behöver av dig',
  )}[\\s:?!.…]*$`,
  'iu',
)

const ENGLISH_COMPANY =
  'company|group|firm|trust|cent(?:re|er)|association|charity|school|hospital|hotel|business|stores?|branches|site|factory|clinic|agency|client|society|team|college|council|brewery|restaurant|bakery|spa|nurses|apprentices'
const FRENCH_COMPANY =
  'groupe|société|entreprise|association|hôpital|hôtel|établissement|site|agence|cabinet|centre|clinique|magasin|restaurant|maison|résidence|structure|usine|enseigne|collectivité|mairie|ville|commune|métropole|filiale'
const SWEDISH_COMPANY =
  'företaget|bolaget|koncernen|kedjan|fabriken|skolan|förskolan|kliniken|kommunen|regionen|hotellet|restaurangen|butiken|byrån|sjukhuset|gruppen|anläggningen|bruket|kunden|systerbolag|systerbolaget|föreningen|organisationen'

/** Sentences that begin like these are about the company, its offer or the application, unless it seeks somebody. */
export const ASIDE_SENTENCE = new RegExp(
  `^[\\W_]*${any(
    "in return|we (?:offer|provide|pay)|we(?:['’]ll| will) (?:give|pay|offer)|you(?:['’]ll| will) (?:get|receive)|we (?:give|act)|it (?:also )?(?:offers|provides|employs|owns)|the (?:trust|group|company|practice|school) (?:also )?(?:offers|provides)|what['’]s in it|benefits?:|perks:|salary:|we(?:['’]re| are) (?:an? |the |one of|part of|proud|certified|committed|accredited)|we (?:were|build|sell|make|own|employ|have \\d|run \\d|design and manufacture)|founded|established|(?:proud )?sponsors?|free |uniform provided|join us|apply (?:now|today)|please send|interviews ",
    `(?:our|the|this) (?:[\\p{L}-]+ ){0,2}(?:${ENGLISH_COMPANY})(?!\\p{L})(?!['’]s? (?:stack|tools))(?!.{0,80}(?:seek|looking for|recruit|wish(?:es)? to appoint|requires|need))`,
    '(?:nous )?rejoindre|nous (?:vous )?(?:offrons|proposons)|nous (?:fabriquons|sommes|comptons|employons)|(?:fondée?|créée?|implantée?) |avantages|rémunération|salaire|primes?|mutuelle|participation|tickets?[- ]restaurant|locaux|remise|package|postulez|envoyez|rejoignez|entretiens organisés',
    `(?:le|la|l['’]|notre|nos|cette|ce) ?(?:${FRENCH_COMPANY})s?(?!\\p{L})(?!.{0,120}(?:recherch|recrut|renforc))`,
    'vi (?:erbjuder|bjuder|ger|bygger|finns i|är (?:en|ett|den|det|en del)|tillverkar|äger|säljer|hyr|levererar|gör system|driver|har (?:kollektivavtal|pingisbord|sex veckors))|hos oss (?:får|har|finns|erbjuds)|här får du|om kunden|lön |kollektivavtal|traktamente|friskvård|rabatt|provision|frukost|tjänstebil|årsarbetstid|ansökan|sök |skicka|urval|start |provanställning',
    `(?:vårt )?(?:${SWEDISH_COMPANY})(?!.{0,100}(?:söker|behöver|anlitar))`,
    'vi tilbyder|vi tilbyr|wij bieden',
  )}`,
  'iu',
)

/** Only offers say these. */
export const OFFER = whole(
  "(?:days['’]?|weeks['’]?) (?:of )?(?:holiday|annual leave|vacation)|life assurance|free parking|staff discount|private medical|dental (?:plan|care)|company car|blue light card|pension scheme|share options",
  "mutuelle|13e mois|treizième mois|RTT|ticket restaurant|prime d['’]intéressement",
  'friskvårdsbidrag|friskvårdstimme|personalrabatt|tjänstepension|löneväxling|reskostnadsersättning',
  'reiskostenvergoeding|pensioenregeling|pensjonsordning',
)

/** How large the company is: no sentence to somebody who applies, whom the words below address. */
export const SIZE =
  /\d[\d {2}.,]*\+? ?(?:personnes|salariés|collaborat(?:eurs|rices)|employés|compagnons|magasins|agences|positions|clients|lits|chambres|berceaux|places|couverts|employees|people|colleagues|staff|customers|stores|shops|offices|branches|rooms|bedrooms|covers|seats|anställda|medarbetare|butiker|kunder|invånare|läsare|vårdplatser|rum|platser|kontor)(?!\p{L})/iu
export const ADDRESSED = whole(
  String.raw`you(?:['’]\p{L}+)?|your|vous|votre|vos|tu|du|dig|din|ditt|dina|m/f|h/f`,
)

/** Whom the company seeks stands after these; what it is before. */
export const SEEKING = whole(
  "(?:is |are |we['’]re )?(?:looking for|seeking|hiring)|seeks|has a vacancy for|wish(?:es)? to appoint",
  'nous (?:re)?cherchons|(?:re)?cherch(?:e|ons)|recrut(?:e|ons)',
  'söker(?: vi)?|anlitar|zoekt|zoeken|søger',
)

/** A company by its name, and what it does; names have capitals. */
export const COMPANY_SENTENCE =
  /^[\W_]*(?!(?:The|You|Your|This|Experience|Knowledge|Vous|Du)\s)\p{Lu}[\p{L}'’.-]*(?: (?:&|and|et|och|\p{Lu}[\p{L}'’.-]*)){0,4} (?:designs|makes|builds|sells|supplies|manufactures|owns|employs|tillverkar|säljer|äger|fabrique|conçoit|emploie|compte \d)(?!\p{L})/u

/** One of them may be what the work is about; of several, a sentence that speaks to nobody is an offer. */
export const OFFERED = new RegExp(
  String.raw`(?<!\p{L})${any(
    'uncapped commission|commission|car allowance|gym|free lunch|staff parties|profit share|sick pay|birthday',
    "mutuelle|prime|13e mois|cantine|véhicule de (?:fonction|service)|pourboires|intéressement|participation|restaurant d[’']entreprise|crèche",
    'kollektivavtal|provision|rabatt|ackord|friskvård|flextid|firmabil|förmånscykel|gym|lunchrestaurang|parkering|fri tandvård|arbetskläder',
  )}(?!\p{L})`,
  'giu',
)

/** Whom nobody looks for, unless the sentence goes on with whom it does. */
export const NOT_SOUGHT =
  /(?<!\p{L})(?:(?:not|n['’]t) (?:looking for|seeking|hiring|recruiting)|ne (?:re)?cherch(?:ons|e) pas|ne recrut(?:ons|e) pas|söker (?:vi )?(?:inte|ej))(?!\p{L})(?!.*(?<!\p{L})(?:but|mais|men|utan)(?!\p{L}))/iu

/** Others than the one who is sought: the manager, and colleagues of other trades. */
export const OTHERS = new RegExp(
  String.raw`(?<!\p{L})${any(
    'reporting (?:in)?to|reports? to|working (?:closely )?(?:with|alongside)|closely with|alongside|(?:coordinat|collaborat)(?:e|es|ing) with|under the direction of',
    "rattachée? (?:à|au|aux)|sous (?:la (?:responsabilité|direction)|l['’]autorité) d[eu']|aux côtés d[eu]|en (?:lien|relation|collaboration|coordination)(?: étroite?)? avec",
    'rapporterar till|tillsammans med|nära|(?:samordnar|samverkar|samarbetar) med',
  )}\s[^.;:,\n]{0,80}`,
  'giu',
)

/** Who is in a team, up to the end of the sentence, unless it goes on with what they do. */
export const COLLEAGUES =
  /(?<!\p{L})(?:\p{L}*team(?:et)?|équipe|(?:team )?consist\w*|består) (?:of|de|med|av|composée d[e’'])\s(?![^.;:\n]*(?:\p{L}ing|you|who|that|qui|vous|som|du)(?!\p{L}))[^.;:\n]{0,80}(?:,| and | et | och )[^.;:\n]{0,120}(?=[.;\n]|$)/giu

/** Nobody needs it. */
export const NOT_NEEDED = whole(
  "^(?:no|pas d[e’']|pas|inga?|ingen|inget) .*",
  String.raw`(?:not|isn['’]t|aren['’]t|is never) (?:be )?(?:strictly |absolutely |at all )?(?:required|needed|necessary|essential|a must|a requirement|mandatory|expected|compulsory)|no (?:\p{L}+[ -]){0,5}?(?:required|needed|necessary|expected)|no need (?:for|to|of)|(?:do not|don['’]t|will not|won['’]t) (?:have to|need|be asked|be expected|ask you)|(?:not|n['’]t) (?:asked|expected|part of|looking for|assumed)|no (?:\p{L}+[ -]){0,5}?assumed|never mind`,
  String.raw`(?:pas|non|nullement|ni) (?:\p{L}+ )?(?:exigée?s?|requise?s?|nécessaires?|obligatoires?|indispensables?|demandée?s?|impérati(?:f|ve)s?)|aucune? (?:\p{L}+ ){0,4}?(?:n['’]est )?(?:exigée?|requise?|nécessaire|demandée?|obligatoire)|pas besoin|n['’](?:entre(?:nt)?|exigeons|exige) pas|ne (?:fait|font) pas partie|ne demand(?:e|ons) pas`,
  String.raw`krävs (?:inte|ej)|(?:inte|ej|inget|ingen|inga) (?:ett |något |absolut |direkt )?(?:krav|måste|nödvändig\p{L}*|avgörande)|(?:behövs|behöver|fordras) (?:inte|ej)|ingen (?:\p{L}+ )?(?:krävs|behövs)|(?:ingår|räcker) (?:inte|ej)|(?:inget|inte|ingenting) (?:som )?vi (?:kräver|begär)`,
  String.raw`(?:ikke|ej) (?:et |noget |noe )?(?:krav|nødvendig\p{L}*|påkrævet|påkrevd)|kræves ikke|kreves ikke|niet (?:vereist|nodig|verplicht|noodzakelijk)|geen (?:vereiste|must)|nicht erforderlich`,
)

/** Who has it is welcome all the same. */
export const WELCOME = whole(
  'plus|bonus|advantage(?:ous)?|desirable|preferred|useful|help(?:s|ful)?|welcome|would be (?:good|nice|great)',
  'appréciée?s?|atout|souhaitée?s?|souhaitable|utiles?|idéalement|convient|préférée',
  'merit(?:erande)?|fördel|önskvärt|gärna|underlättar|bra att',
)
