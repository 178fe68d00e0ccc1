/** Short names of what the API gives; the shapes are generated. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Status = Schemas["bridge24__sync__runs__schemas__StatusOut"];
export type EntityStatus = Schemas["EntityStatusOut"];
export type Run = Schemas["RunOut"];
export type RunDetail = Schemas["RunDetailOut"];
export type RunEvent = Schemas["RunEventOut"];
export type RunError = Schemas["RunErrorOut"];
export type SchemaChange = Schemas["SchemaChangeOut"];
export type Config = Schemas["ConfigOut"];
export type EntityConfig = Schemas["EntityConfigOut"];
export type CrmObject = Schemas["ObjectOut"];
export type Finding = Schemas["FindingOut"];
export type Quarantined = Schemas["QuarantinedOut"];
export type WebhookStatus = Schemas["bridge24__sync__realtime__schemas__StatusOut"];
export type ChartSpec = Schemas["ChartSpec"];
export type Chart = Schemas["ChartOut"];
export type ChartData = Schemas["DataOut"];
export type Generated = Schemas["GenerateOut"];
export type Table = Schemas["TableOut"];
export type Column = Table["columns"][number];
export type Validation = Schemas["ValidationOut"];
export type Difference = Schemas["DifferenceOut"];
export type Me = Schemas["MeOut"];
export type Role = Me["role"];
