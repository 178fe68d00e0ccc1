import { Button, Group, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import {
  IconChevronDown,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconRefresh,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type Mode, useSyncActions } from "@/api/actions";
import { useMay } from "@/api/session";
import type { EntityStatus } from "@/api/types";

const MODES: readonly Mode[] = ["incremental", "full", "audit"];

/** The buttons of one object; those who may only look see none. */
export function ObjectActions({ entity }: { entity: EntityStatus }) {
  const { t } = useTranslation("dashboard");
  const may = useMay("operator");
  const actions = useSyncActions(entity.entity);
  if (!may) return null;

  const failed = (error: Error) =>
    notifications.show({ color: "red", title: entity.title, message: error.message });
  const start = (mode: Mode) => actions.start.mutate({ mode }, { onError: failed });
  const run = entity.run;

  return (
    <Group gap="xs" mt="auto">
      {run ? (
        <Button
          size="xs"
          variant="light"
          color="red"
          leftSection={<IconPlayerStop size={14} aria-hidden />}
          loading={actions.cancel.isPending || run.status === "cancelling"}
          onClick={() => actions.cancel.mutate(run.id, { onError: failed })}
        >
          {t("actions.cancel")}
        </Button>
      ) : (
        <Button.Group>
          <Button
            size="xs"
            variant="light"
            leftSection={<IconRefresh size={14} aria-hidden />}
            loading={actions.start.isPending}
            onClick={() => start(entity.last_run ? "incremental" : "full")}
          >
            {t("actions.sync")}
          </Button>
          <Menu position="bottom-end">
            <Menu.Target>
              <Button
                size="xs"
                variant="light"
                px={6}
                aria-label={t("actions.more", { name: entity.title })}
              >
                <IconChevronDown size={14} />
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {MODES.map((mode) => (
                <Menu.Item key={mode} onClick={() => start(mode)}>
                  {t(`actions.${mode}`)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        </Button.Group>
      )}
      {entity.state === "paused" ? (
        <Button
          size="xs"
          variant="subtle"
          leftSection={<IconPlayerPlay size={14} aria-hidden />}
          loading={actions.resume.isPending}
          onClick={() => actions.resume.mutate(undefined, { onError: failed })}
        >
          {t("actions.resume")}
        </Button>
      ) : (
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          leftSection={<IconPlayerPause size={14} aria-hidden />}
          loading={actions.pause.isPending}
          onClick={() => actions.pause.mutate(undefined, { onError: failed })}
        >
          {t("actions.pause")}
        </Button>
      )}
    </Group>
  );
}
