// A port with some of its methods replaced; the others stay as they are, of classes too.
export const instead = <T extends object>(port: T, methods: Partial<T>): T =>
  new Proxy(port, {
    get: (_port, name) => {
      const found: unknown = Reflect.get(Object.hasOwn(methods, name) ? methods : port, name);
      return typeof found === 'function' ? found.bind(port) : found;
    },
  });
