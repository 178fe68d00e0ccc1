import { ActionIcon, Menu } from "@mantine/core";
import { IconLogout, IconUser } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useMe, useSignOut } from "@/api/session";

/** Who is signed in, where signing in is on. */
export default function Account() {
  const { t } = useTranslation();
  const me = useMe();
  const signOut = useSignOut();
  if (!me.data?.auth_enabled) return null;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("shell.account")}>
          <IconUser size={20} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me.data.name} · {t(`roles.${me.data.role}`)}
        </Menu.Label>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut.mutate()}>
          {t("shell.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
