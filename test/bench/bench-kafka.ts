import { z } from 'zod'
import { loadConfig } from '../../services/platform/config.ts'
import { createKafka, type KafkaClient } from '../../services/platform/kafka.ts'
import { KafkaSettings } from '../../services/platform/kafka-config.ts'
import { createLogger } from '../../services/platform/logger.ts'
import type { World } from './world.ts'

/** The client of whoever measures. */
export const benchKafka = ({ env }: Pick<World, 'env'>): KafkaClient =>
  createKafka(loadConfig(z.object(KafkaSettings), env), 'bench', createLogger('bench', 'silent'))
