import { expect, it } from 'vitest'
import { proficiencyOf } from '../../../../services/pulsifi-sink/fit/proficiency.ts'

it.each([
  [
    'novice',
    ['Novice', 'beginner', 'Basic', 'basic knowledge', 'Elementary', 'Intermediate', 'Limited working'],
  ],
  ['novice', ['Débutant', 'Notions', 'Scolaire', 'Niveau intermédiaire', 'A1', 'a2']],
  [
    'novice',
    ['Nybörjare', 'Grundläggande', 'Grundläggande kunskaper', 'Vissa kunskaper', 'begynder', 'basis'],
  ],
  ['novice', ['1/5', '2/5', '20%', '★★☆☆☆', '1 out of 4']],
  ['competent', ['Competent', 'Good', 'good knowledge', 'Working knowledge', 'B1', 'B2', 'Niveau B2']],
  [
    'competent',
    ['Upper intermediate', 'Upper-intermediate (B2)', 'Confirmé', 'Bonne maîtrise', 'Bon niveau'],
  ],
  [
    'competent',
    ['Goda kunskaper', 'God', 'gode kundskaber', 'Goed', '3/5', '3 / 5', '3 sur 5', '6/10', '★★★'],
  ],
  [
    'proficient',
    ['Proficient', 'Advanced', 'Very good', 'Fluent', 'Courant', 'Avancé', 'Très bon niveau', 'C1'],
  ],
  [
    'proficient',
    ['Avancerad', 'Mycket goda kunskaper', 'Flytande', 'Flydende', 'Vloeiend', '4/5', '4 av 5', '80 %'],
  ],
  [
    'expert',
    ['Expert', 'EXPERT', 'Master', 'Native', 'Native speaker', 'Mother tongue', 'Bilingue', 'Maîtrise'],
  ],
  [
    'expert',
    ['Langue maternelle', 'Modersmål', 'Utmärkta kunskaper', 'Moedertaal', 'C2', '5/5', '10/10', '100%'],
  ],
] as const)('takes for %s %j', (level, stated) => {
  expect(stated.map(proficiencyOf)).toEqual(stated.map(() => level))
})

it.each([null, '', ' ', 'grandmaster', 'not good', '7/5', '3', 'yes', '3/0', 'D4', 'knowledge'])(
  'invents no level for %j',
  stated => {
    expect(proficiencyOf(stated)).toBeNull()
  },
)
