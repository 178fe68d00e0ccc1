import { Menu } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Mode } from "@/api/actions";
import { More } from "./More";

const MODES: readonly Mode[] = ["incremental", "full", "audit"];

interface ModesProps {
  name: string;
  onChoose: (mode: Mode) => void;
}

/** The ways to sync an object, open at once: somebody has asked for them. */
export default function Modes({ name, onChoose }: ModesProps) {
  const { t } = useTranslation("dashboard");
  return (
    <Menu position="bottom-end" defaultOpened>
      <Menu.Target>
        <More name={name} />
      </Menu.Target>
      <Menu.Dropdown>
        {MODES.map((mode) => (
          <Menu.Item key={mode} onClick={() => onChoose(mode)}>
            {t(`actions.${mode}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
