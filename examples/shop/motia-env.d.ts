// The steps and topics of this project, of every language, for `motia.trigger` and `motia.call`.
// Written by `motia dev`, `motia install` and `motia types`: do not edit it, but do commit it.

import '@motia/core';

declare module '@motia/core' {
  interface Steps {
    /** (event step, motia/steps/analysis/analyze_behavior.py) */
    'analyze-behavior': {
      input: {
        userId: string;
        actions: unknown[];
        metadata: { [key: string]: unknown };
      };
      output: unknown;
    };
    /** (event step, motia/steps/orders/charge-card.ts) */
    'charge-card': {
      input: {
        orderId: string;
        cents: number;
      };
      output: unknown;
    };
    /** (event step, motia/steps/reports/sales.js) */
    'count-sale': {
      input: {
        orderId: string;
        userId: string;
        cents: number;
      };
      output: unknown;
    };
    /**
     * Sign a user up
     *
     * (POST /users, api step, motia/steps/users/create-user.ts)
     */
    'create-user': {
      input: {
        name: string;
        email: string;
      };
      output: unknown;
    };
    /** (cron step, motia/steps/reports/sales.js) */
    'daily-report': {
      input: unknown;
      output: unknown;
    };
    /** (event step, motia/steps/warehouse/returns.py) */
    'escalate-return': {
      input: { [key: string]: unknown };
      output: unknown;
    };
    /** (GET /orders/:id, api step, motia/steps/orders/place-order.ts) */
    'get-order': {
      input: unknown;
      output: unknown;
    };
    /** (GET /users/:id, api step, motia/steps/users/create-user.ts) */
    'get-user': {
      input: unknown;
      output: unknown;
    };
    /** (event step, motia/steps/operations/handle-step-error.ts) */
    'handle-step-error': {
      input: {
        stepId: string;
        error: {
          name: string;
          message: string;
        };
        context?: unknown;
        retryCount: number;
        traceId: string;
        runId: string;
      };
      output: unknown;
    };
    /** (event step, motia/steps/catalog/import_products.py) */
    'import-product': {
      input: {
        product: string;
      };
      output: unknown;
    };
    /** (POST /imports, api step, motia/steps/catalog/import_products.py) */
    'import-products': {
      input: {
        products: string[];
      };
      output: unknown;
    };
    /** (event step, motia/steps/warehouse/returns.py) */
    'inspect-parcel': {
      input: {
        orderId: string;
      };
      output: unknown;
    };
    /** (event step, motia/steps/notifications/letters.rb) */
    'notify-customer': {
      input: {
        orderId: unknown;
        userId: unknown;
      };
      output: unknown;
    };
    /** (event step, motia/steps/notifications/letters.rb) */
    'notify-refund': {
      input: unknown;
      output: unknown;
    };
    /** (topic of analyze-behavior) */
    'order.placed': {
      input: {
        userId: string;
        actions: unknown[];
        metadata: { [key: string]: unknown };
      };
      output: unknown;
    };
    /**
     * An order has left the warehouse.
     *
     * (topic, motia/events/order.shipped.json)
     */
    'order.shipped': {
      input: {
        orderId: string;
        userId: string;
        cents: number;
      };
      output: unknown;
    };
    /** (POST /orders, api step, motia/steps/orders/place-order.ts) */
    'place-order': {
      input: {
        userId: string;
        items: {
          product: string;
          quantity?: number;
        }[];
      };
      output: unknown;
    };
    /** (event step, motia/steps/orders/returns.ts) */
    'refund-card': {
      input: {
        orderId: string;
        'inspect-parcel': {
          cents: number;
        };
      };
      output: unknown;
    };
    /** (event step, motia/steps/warehouse/stock.py) */
    'reserve-stock': {
      input: {
        orderId: string;
      };
      output: unknown;
    };
    /** (event step, motia/steps/warehouse/returns.py) */
    'restock': {
      input: { [key: string]: unknown };
      output: unknown;
    };
    /** (POST /returns, api step, motia/steps/orders/returns.ts) */
    'return-order': {
      input: {
        orderId: string;
      };
      output: unknown;
    };
    /** (event step, motia/steps/notifications/letters.rb) */
    'send-welcome-email': {
      input: {
        userId: string;
        email: string;
        name: string;
      };
      output: unknown;
    };
    /**
     * A plain function: it runs on a thread, where `state` and `trigger` need no await.
     *
     * (event step, motia/steps/warehouse/stock.py)
     */
    'ship-order': {
      input: {
        orderId: string;
      };
      output: unknown;
    };
    /** (cron step, motia/steps/reports/sales.js) */
    'weekly-cleanup': {
      input: unknown;
      output: unknown;
    };
  }
}

export {};
