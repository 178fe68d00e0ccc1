import { expect, type World } from "./world";

const CHARTS = [
  {
    title: "Deals by stage",
    sql: `SELECT s.name AS stage, COUNT(*) AS deals
      FROM crm_deals d JOIN crm_statuses s
        ON s.status_id = d.stage_id AND s.entity_id LIKE 'DEAL_STAGE%'
      WHERE d._deleted_at IS NULL GROUP BY s.name ORDER BY deals DESC LIMIT 7`,
    chart_type: "bar",
    x: "stage",
    series: [{ column: "deals", label: "Deals", format: "integer", currency: null }],
  },
  {
    title: "New deals by month",
    sql: `SELECT CAST(date_trunc('month', date_create) AS date) AS month, COUNT(*) AS deals
      FROM crm_deals WHERE _deleted_at IS NULL GROUP BY 1 ORDER BY 1`,
    chart_type: "line",
    x: "month",
    x_format: "date",
    grain: "month",
    series: [{ column: "deals", label: "Deals", format: "integer", currency: null }],
  },
];
const COPIED = ["deal", "contact", "lead", "company", "user", "status"];

interface Story {
  /** A run with a timeline. */
  run: number;
}

let told: Promise<Story> | undefined;

/** An installation where something has happened: copies, events, charts, a new field, a check. */
export function busyInstallation(world: World): Promise<Story> {
  told ??= tell(world);
  return told;
}

async function tell(world: World): Promise<Story> {
  await world.sendEvents();
  for (const entity of COPIED) await world.copied(entity);
  for (const chart of CHARTS) {
    const { id } = await world.post("charts/save", {
      chart,
      prompt: "",
      description: "",
      pinned: false,
      refresh_minutes: null,
    });
    await world.post(`charts/${String(id)}/pin`);
  }
  await world.portal("POST", "fields/deal", { code: "UF_CRM_REGION", label: "Регион" });
  for (const id of [5, 6, 7]) {
    await world.portal("PATCH", `records/deal/${id}`, {
      fields: { TITLE: `Сделка ${id}: продление` },
    });
  }
  await world.post("sync/start/deal", { mode: "incremental", accept_deletions: false });
  await world.copied("task");
  await world.sql("UPDATE crm_deals SET title = 'Changed by hand' WHERE id = 9");
  await world.post("validation/start/deal", { method: "rows", sample: 0 });
  const compared = "SELECT count(*) FROM sync_validation WHERE status = 'succeeded'";
  await expect.poll(() => world.sql(compared), { timeout: 300_000 }).toEqual([[1]]);
  const [[run] = []] = await world.sql(
    "SELECT max(id) FROM sync_log WHERE entity = 'deal' AND mode = 'full'",
  );
  return { run: Number(run) };
}
