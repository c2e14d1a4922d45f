import { Page } from '../../components/Page';
import { Empty } from '../../components/States';

export default function Screen() {
  return (
    <Page title="state">
      <Empty title="state" />
    </Page>
  );
}
