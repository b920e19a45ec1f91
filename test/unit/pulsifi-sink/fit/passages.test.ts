import { describe, expect, it } from 'vitest'
import { askedFor } from '../../../../services/pulsifi-sink/fit/passages.ts'

const said = (text: string) => askedFor(text).replace(/\s+/g, ' ').trim()

describe('what nobody needs is left out', () => {
  it.each([
    ['SQL is needed. Knowledge of Java is not required.', 'SQL is needed.'],
    ['Python, and no need for PHP.', 'Python,'],
    ['No computer science degree required; a portfolio is.', 'a portfolio is.'],
    ['Forklift experience is not essential, a driving licence is.', 'a driving licence is.'],
    ['Anglais courant, une seconde langue non exigée.', 'Anglais courant,'],
    ['Les notions de PHP sont utiles, Symfony n’est pas nécessaire.', 'Les notions de PHP sont utiles,'],
    ['Aucun diplôme exigé. Permis B.', 'Permis B.'],
    ['Connaissance du nucléaire (habilitation HN1) non requise.', ''],
    ['Du kan Excel. Kunskaper i koncernredovisning krävs inte.', 'Du kan Excel.'],
    ['Körkort krävs, truckkort är inget krav.', 'Körkort krävs,'],
    ['Erfaring med SAP er ikke et krav.', ''],
    ['Ervaring met SAP is niet vereist.', ''],
    ['You dispense. You won’t be asked to give vaccinations.', 'You dispense.'],
    [
      'You don’t need a degree in horticulture; a feeling for plants will do.',
      'a feeling for plants will do.',
    ],
    ['Estimating is not a must and no BIM knowledge is assumed.', ''],
    ['We are not looking for panel beaters.', ''],
    ['Permis B. La vaccination n’entre pas dans vos missions.', 'Permis B.'],
    ['Nous n’exigeons pas de diplôme d’ingénieur.', ''],
    ['Du målar. Arbetsledning ingår inte i tjänsten.', 'Du målar.'],
    ['Erfarenhet av personbilar räcker inte.', ''],
    ['Makeup är inget vi kräver.', ''],
  ])('%j', (text, rest) => {
    expect(said(text)).toBe(rest)
  })

  it.each([
    'ADR preferred, not required.',
    'Erfarenhet av slutenvård är meriterande men inget krav',
    'Le CACES est apprécié mais pas exigé.',
    'You must not be afraid of heights.',
    'Do not hesitate to use Excel.',
  ])('but not what is welcome, or said of something else: %j', text => {
    expect(said(text)).not.toBe('')
  })
})

describe('the company and its offer are left out', () => {
  it.each([
    'Benefits\nPrivate gym, coaching, French lessons',
    'About us\nWe make pumps.\nOur engineers love Java.',
    'In return we offer training in Python.',
    'Our hospital has invested in robotic surgery.',
    'Nous proposons des cours de yoga.',
    'Avantages :\nmassages\ncours d’anglais',
    'Le groupe est aussi présent dans la plomberie.',
    '170 magasins, 4 000 collaborateurs, bricolage et jardin.',
    'Vi erbjuder\nfriskvård och kurser i ledarskap',
    'Vårt systerbolag monterar solceller.',
    'Företaget är certifierat enligt ISO 9001.',
    'Benefits: Excel training, pension',
    'It offers Pilates classes and counselling to all staff.',
    'Nära tåget, kollektivavtal, provision 42 %, kurser i Java.',
    'Fixe, mutuelle, pourboires, cours d’anglais.',
    'Greenacre Landscapes designs and builds gardens in Kent.',
    'Pumpverken tillverkar ventiler för värmeverk.',
  ])('%j', text => {
    expect(said(text)).toBe('')
  })

  it('until another heading follows', () => {
    expect(said('About us\nWe make pumps.\n\nRequirements\nPLC programming')).toBe(
      'Requirements PLC programming',
    )
  })

  it('item by item, and also without a blank line after it', () => {
    expect(said('Vi erbjuder\nKaffe\nYoga\nKvalifikationer\nSvetsning')).toBe('Kvalifikationer Svetsning')
  })

  it('up to whom it seeks', () => {
    expect(said('Clinique de cardiologie, nous recherchons un cuisinier.')).toBe(
      'nous recherchons un cuisinier.',
    )
  })

  it('and so are others than the one who is sought', () => {
    expect(said('Reporting to the Marketing Director, you sell.')).toBe(', you sell.')
    expect(said('Rattaché au responsable maintenance, vous intervenez.')).toBe(', vous intervenez.')
    expect(said('Join a team of physiotherapists, podiatrists and a rheumatology nurse.')).toBe('Join a .')
    expect(said('Vi har ett rehabteam med två läkare, en arbetsterapeut och en kurator.')).toBe(
      'Vi har ett .',
    )
  })
})

it('keeps what the holder does', () => {
  const text =
    'Our stack is Go on Kubernetes.\nYou lead a team of 18 people.\nNous utilisons Silae.\nVi arbetar i Scrum.'
  expect(said(text)).toBe(text.replaceAll('\n', ' '))
})

it.each([
  'A team of three doing paving and fencing.',
  'Une équipe de six agents, vous assurez la tonte.',
  'Kubernetes runs our builds, Python is our language.',
  'Kunskap om arbetsrätt och kollektivavtal.',
  'You pay commission and check car allowance claims.',
  'Excel makes or breaks you.',
])('and what only sounds like a team, a company or an offer: %j', text => {
  expect(said(text)).toBe(text)
})
