import { Alert, Button, Drawer, Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useConfig, useObjects, useSaveObject } from "@/api/config";
import { ApiError } from "@/api/errors";
import { useMay } from "@/api/session";
import type { CrmObject, EntityConfig } from "@/api/types";
import { titleIn } from "@/lib/titles";
import { useSentences } from "@/lib/sentences";
import { Loading } from "@/ui/States";
import { Trouble } from "@/ui/Trouble";
import { KeepingFields } from "./KeepingFields";
import { Reset } from "./Reset";
import { changeOf, formOf, type ObjectForm, problemsIn, refusalsOf } from "./rhythm";
import { RhythmFields } from "./RhythmFields";
import { Treatments } from "./Treatments";

interface DrawerProps {
  entity: string;
  onClose: () => void;
}

/** Everything that is wanted of one object. */
export function ObjectDrawer({ entity, onClose }: DrawerProps) {
  const { t, i18n } = useTranslation("config");
  const common = useTranslation().t;
  const objects = useObjects();
  const config = useConfig();
  const object = objects.data?.find((each) => each.entity === entity);
  const wanted = config.data?.entities[entity];
  const error = objects.error ?? config.error;
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title={
        <Text fw={600} size="lg">
          {object ? titleIn(object.title, i18n.language) : entity}
        </Text>
      }
      closeButtonProps={{ "aria-label": common("close") }}
    >
      {error && <Trouble error={error} />}
      {!error && (objects.isPending || config.isPending) && <Loading rows={5} />}
      {objects.data && config.data && !object && <Text>{t("object.unknown")}</Text>}
      {object && wanted && config.data && (
        <Form
          object={object}
          config={wanted}
          common={config.data.default_interval_minutes}
          onClose={onClose}
        />
      )}
    </Drawer>
  );
}

interface FormProps {
  object: CrmObject;
  config: EntityConfig;
  common: number;
  onClose: () => void;
}

function Form({ object, config, common, onClose }: FormProps) {
  const { t, i18n } = useTranslation("config");
  const words = useTranslation().t;
  const say = useSentences();
  const may = useMay("admin");
  const save = useSaveObject();
  const fields = useRef<HTMLFormElement>(null);
  const [form, setForm] = useState<ObjectForm>(() => formOf(config, common));
  const put = (change: Partial<ObjectForm>) => {
    save.reset();
    setForm((before) => ({ ...before, ...change }));
  };
  const problems = problemsIn(form);
  const refused =
    save.error instanceof ApiError ? refusalsOf(save.error.detail, object.entity) : {};
  const told = Object.fromEntries(
    Object.entries(problems).map(([field, text]) => [field, t(text)]),
  );
  const errors: Record<string, string> = {
    interval: say.phrase(refused.interval_minutes ?? ""),
    cron: say.phrase(refused.cron ?? ""),
    timezone: say.phrase(refused.timezone ?? ""),
    lookback: say.phrase(refused.lookback_minutes ?? ""),
    ...told,
  };
  const change = changeOf(form, config);
  const nothing = Object.keys(change).length === 0;
  // A running change is already in the cache: the form would look unchanged.
  const blocked = Object.keys(problems).length > 0 || (nothing && !save.isPending);

  // What was refused may have been scrolled out of sight.
  const toTheField = () =>
    fields.current?.querySelector<HTMLElement>("[aria-invalid='true']")?.focus();
  const submit = () =>
    save.mutate(
      { entity: object.entity, change },
      {
        onSuccess: () => {
          notifications.show({
            color: "teal",
            title: titleIn(object.title, i18n.language),
            message: t("object.saved"),
          });
          onClose();
        },
        onError: () => requestAnimationFrame(toTheField),
      },
    );

  return (
    <Stack gap="xl">
      <form
        ref={fields}
        onSubmit={(event) => {
          event.preventDefault();
          if (!blocked) submit();
        }}
      >
        <fieldset disabled={!may} style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }}>
          <Stack gap="xl">
            {!may && <Alert color="gray">{t("adminOnly")}</Alert>}
            <RhythmFields form={form} common={common} errors={errors} onChange={put} />
            <KeepingFields
              form={form}
              errors={errors}
              incremental={object.cursor_field !== null}
              onChange={put}
            />
            <Treatments
              object={object}
              columns={form.columns}
              problems={refused}
              onChange={(columns) => put({ columns })}
            />
            {save.error && Object.keys(refused).length === 0 && <Trouble error={save.error} />}
            {may && (
              <Group justify="flex-end">
                <Button variant="default" onClick={onClose}>
                  {words("cancel")}
                </Button>
                <Button type="submit" loading={save.isPending} disabled={blocked}>
                  {t("save")}
                </Button>
              </Group>
            )}
          </Stack>
        </fieldset>
      </form>
      <Reset object={object} onDone={onClose} />
    </Stack>
  );
}
