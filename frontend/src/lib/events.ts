/** The portal's events in words. */
import type { TFunction } from "i18next";

const ACTION = /(USERFIELD)?(ADD|UPDATE|DELETE|SETENUMVALUES)(_\d+)?$/;

/** What an event says has happened; an unknown one keeps the portal's name. */
export function happened(name: string, t: TFunction): string {
  const [, field, action = "other"] = ACTION.exec(name) ?? [];
  const done = t(`event.${action === "SETENUMVALUES" ? "UPDATE" : action}`, { name });
  return field ? `${t("event.field")}: ${done}` : done;
}

/** Our name of an event's object: those about fields use the portal's word, `CRM_DEAL`. */
export const objectOf = (entity: string) => entity.replace(/^CRM_/, "").toLowerCase();
