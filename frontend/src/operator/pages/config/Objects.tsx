import { ActionIcon, Badge, Group, Stack, Switch, Text, TextInput, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconSearch, IconSettings, IconTableOff } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useConfig, useObjects, useSaveObject } from "@/api/config";
import { useMay } from "@/api/session";
import { useStatus } from "@/api/status";
import type { CrmObject, EntityConfig, EntityStatus } from "@/api/types";
import { formatDuration, formatNumber } from "@/lib/formats";
import { titleIn } from "@/lib/titles";
import { Cell, Line, Stacking } from "@/ui/Stacking";
import { Empty, Loading } from "@/ui/States";
import { Trouble } from "@/ui/Trouble";

/** Every object of the portal: copied or not, where to, how often. */
export function Objects({ onOpen }: { onOpen: (entity: string) => void }) {
  const { t } = useTranslation("config");
  const objects = useObjects();
  const config = useConfig();
  const status = useStatus();
  const [sought, setSought] = useState("");
  const error = objects.error ?? config.error;

  if (!objects.data || !config.data) {
    if (!error) return <Loading rows={8} height={48} />;
    const retry = () => void Promise.all([objects.refetch(), config.refetch()]);
    return <Trouble error={error} onRetry={retry} />;
  }
  const { entities, default_interval_minutes: common } = config.data;
  const words = sought.toLowerCase();
  const shown = objects.data.filter((each) =>
    `${each.title} ${each.table} ${each.entity}`.toLowerCase().includes(words),
  );
  const byName = new Map(status.data?.entities.map((each) => [each.entity, each]));
  const on = objects.data.filter((each) => entities[each.entity]?.enabled).length;

  return (
    <Stack>
      <Group justify="space-between">
        <TextInput
          w={{ base: "100%", xs: 320 }}
          leftSection={<IconSearch size={16} aria-hidden />}
          placeholder={t("objects.search")}
          aria-label={t("objects.search")}
          value={sought}
          onChange={(event) => setSought(event.currentTarget.value)}
        />
        <Text size="sm" c="dimmed">
          {t("objects.count", { on, count: objects.data.length })}
        </Text>
      </Group>
      {shown.length === 0 ? (
        <Empty
          icon={<IconTableOff size={40} stroke={1.5} />}
          title={t("objects.none")}
          text={t("objects.noneText")}
        />
      ) : (
        <Stacking
          label={t("tab.objects")}
          heads={[
            t("objects.copied"),
            t("objects.object"),
            t("objects.rows"),
            t("objects.rhythm"),
            t("objects.strategy"),
            t("objects.scope"),
            "",
          ]}
        >
          {shown.map((each) => (
            <Row
              key={each.entity}
              object={each}
              config={entities[each.entity]}
              status={byName.get(each.entity)}
              common={common}
              onOpen={() => onOpen(each.entity)}
            />
          ))}
        </Stacking>
      )}
    </Stack>
  );
}

interface RowProps {
  object: CrmObject;
  config: EntityConfig | undefined;
  status: EntityStatus | undefined;
  common: number;
  onOpen: () => void;
}

function Row({ object, config, status, common, onOpen }: RowProps) {
  const { t, i18n } = useTranslation("config");
  const may = useMay("admin");
  const save = useSaveObject();
  const title = titleIn(object.title, i18n.language);
  const rows = (count: number | null | undefined) =>
    count == null ? "—" : formatNumber(count, i18n.language);
  const turn = (enabled: boolean) =>
    save.mutate(
      { entity: object.entity, change: { enabled } },
      {
        onError: (error) => notifications.show({ color: "red", title, message: error.message }),
      },
    );
  return (
    <Line>
      <Cell label={t("objects.copied")}>
        <Switch
          checked={config?.enabled ?? object.enabled}
          disabled={!may}
          aria-label={t("objects.copyOf", { name: title })}
          onChange={(event) => turn(event.currentTarget.checked)}
        />
      </Cell>
      <Cell heading>
        <Group gap="xs">
          <Text fw={600} size="sm">
            {title}
          </Text>
          {object.discovered && (
            <Tooltip label={t("objects.discoveredHint")} multiline maw={280}>
              <Badge size="sm" variant="light" tt="none">
                {t("objects.discovered")}
              </Badge>
            </Tooltip>
          )}
        </Group>
        <Text size="xs" c="dimmed" ff="monospace">
          {object.table}
        </Text>
      </Cell>
      <Cell label={t("objects.rows")}>
        <Text size="sm" style={{ fontVariantNumeric: "tabular-nums" }}>
          {rows(status?.rows_here)}
        </Text>
        {status?.rows_in_portal != null && status.rows_in_portal !== status.rows_here && (
          <Text size="xs" c="dimmed" style={{ fontVariantNumeric: "tabular-nums" }}>
            {t("objects.inPortal", { rows: rows(status.rows_in_portal) })}
          </Text>
        )}
      </Cell>
      <Cell label={t("objects.rhythm")}>
        <Text size="sm" style={{ whiteSpace: "nowrap" }}>
          {rhythmText()}
        </Text>
      </Cell>
      <Cell label={t("objects.strategy")}>
        <Text size="sm">{t(`strategy.${object.strategy}`)}</Text>
      </Cell>
      <Cell label={t("objects.scope")}>
        <Scope object={object} />
      </Cell>
      <Cell>
        <ActionIcon
          variant="light"
          size="lg"
          onClick={onOpen}
          aria-label={t("objects.settingsOf", { name: title })}
        >
          <IconSettings size={18} />
        </ActionIcon>
      </Cell>
    </Line>
  );

  function rhythmText(): string {
    if (config?.paused) return t("objects.paused");
    if (config?.cron) return `${config.cron} · ${config.timezone}`;
    const minutes = config?.interval_minutes ?? common;
    return t("objects.every", { time: formatDuration(60 * minutes, i18n.language) });
  }
}

function Scope({ object }: { object: CrmObject }) {
  const { t } = useTranslation("config");
  const granted = object.scope_granted;
  if (granted !== false)
    return (
      <Text size="sm" c="dimmed" ff="monospace">
        {object.scope}
      </Text>
    );
  return (
    <Tooltip label={t("objects.lackingHint", { scope: object.scope })} multiline maw={280}>
      <Badge color="red" variant="light" tt="none">
        {t("objects.lacking", { scope: object.scope })}
      </Badge>
    </Tooltip>
  );
}
