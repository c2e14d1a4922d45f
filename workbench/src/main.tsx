/** Where the browser begins. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './app.css';
import { App } from './app/App';
import { applyTheme } from './lib/theme';
import { showWholeTexts } from './lib/whole';

applyTheme();
showWholeTexts();
const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
