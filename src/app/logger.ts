import winston from 'winston'

/** JSON lines on standard error: time, level, message, and its fields. Never the content of messages, nor secrets. */
export const createLogger = (level: string): winston.Logger =>
  winston.createLogger({
    level,
    format: winston.format.combine(
      winston.format.errors({ stack: true }),
      winston.format.timestamp(),
      winston.format.json(),
    ),
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston's types name two classes
    transports: [new winston.transports.Stream({ stream: process.stderr })],
  })
