import { Button, Group } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop, IconRefresh } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Mode, useSyncActions } from "@/api/actions";
import { useMay } from "@/api/session";
import type { EntityStatus } from "@/api/types";
import { More } from "./More";

// A menu is heavy: it comes with the first press.
const Modes = lazy(() => import("./Modes"));

/** The buttons of one object; those who may only look see none. */
export function ObjectActions({ entity }: { entity: EntityStatus }) {
  const { t } = useTranslation("dashboard");
  const may = useMay("operator");
  const actions = useSyncActions(entity.entity);
  const [choosing, setChoosing] = useState(false);
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
            {t(entity.state === "never" ? "actions.first" : "actions.sync")}
          </Button>
          {choosing ? (
            <Suspense fallback={<More name={entity.title} loading />}>
              <Modes name={entity.title} onChoose={start} />
            </Suspense>
          ) : (
            <More name={entity.title} onClick={() => setChoosing(true)} />
          )}
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
