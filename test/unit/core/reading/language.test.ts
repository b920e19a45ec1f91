import { expect, it } from 'vitest'
import { languageByTag, languageOf } from '../../../../services/core/reading/language.ts'

it.each([
  ['en', 'We are looking for a driver who will help the team with deliveries.'],
  ['fr', 'Vous travaillez dans une équipe et assurez la préparation des commandes.'],
  ['sv', 'Du har erfarenhet av försäljning och tycker om att arbeta med människor.'],
  ['de', 'Sie arbeiten mit einem Team und sind für die Planung zuständig.'],
  ['nl', 'Wij zoeken een verpleegkundige voor onze afdeling en je werkt met artsen.'],
  ['da', 'Du har erfaring med salg, og du kan lide at arbejde sammen med vores kunder.'],
  ['no', 'Du har erfaring med salg og liker å jobbe sammen med våre kunder.'],
  ['es', 'Buscamos una persona para el equipo de ventas con experiencia en la atención al cliente.'],
  ['it', 'Cerchiamo una persona per il nostro team di vendite e la gestione dei clienti.'],
])('knows %s by its small words', (language, text) => {
  expect(languageOf(text)).toBe(language)
})

it.each(['', 'Infirmier H/F', 'Java, Kotlin, Kubernetes', 'نبحث عن مهندس'])('does not guess at %j', text => {
  expect(languageOf(text)).toBeNull()
})

it.each([
  ['fr-FR', 'fr'],
  ['SV_se', 'sv'],
  ['nb', 'no'],
  ['constructor', null],
  ['xx', null],
  [null, null],
])('reads the tag %j as %j', (tag, language) => {
  expect(languageByTag(tag)).toBe(language)
})
