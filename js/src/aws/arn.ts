// Amazon Resource Names, by the rules of src/aws/arn.rs.

/** The fields of an ARN. */
export interface Arn {
  partition: string;
  service: string;
  /** Empty for global services. */
  region: string;
  /** Twelve digits; empty for services without accounts. */
  account: string;
  /** The rest, which may contain colons. */
  resource: string;
}

/**
 * Splits an ARN into its fields. Returns `undefined` if a field is missing, if partition, service or resource is empty,
 * or if the account is neither empty nor twelve digits.
 */
export function parseArn(arn: string): Arn | undefined {
  const fields = typeof arn === 'string' ? /^arn:([^:]+):([^:]+):([^:]*):(\d{12}|):(.+)$/s.exec(arn) : null;
  if (!fields) return undefined;
  const [, partition, service, region, account, resource] = fields as unknown as [string, ...string[]];
  return { partition, service, region, account, resource } as Arn;
}
