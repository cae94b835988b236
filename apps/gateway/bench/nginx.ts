import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

function wrap(folder: string, log: string, http: string): string {
  return `user root; worker_processes 1; daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 4096; }
http {
  client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder};
  uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  keepalive_requests 100000000;
  ${http}
  access_log ${log};
}`;
}

/** nginx as the upstream: the same small answer to everything. */
export function upstreamConfig(folder: string, port: number, body: string): string {
  const file = join(folder, 'upstream.conf');
  writeFileSync(
    file,
    wrap(
      folder,
      'off',
      `server { listen 127.0.0.1:${port}; default_type application/json; location / { return 200 '${body}'; } }`,
    ),
  );
  return file;
}

/** nginx doing the gateway's work: a key looked up, a rate limit counted, an access record written, a kept connection. */
export function gatewayConfig(folder: string, port: number, upstreamPort: number, key: string): string {
  const file = join(folder, 'gateway.conf');
  const http = `
  log_format usage '$request_id $http_x_api_key $request_method $uri $status $request_length $bytes_sent $request_time $upstream_response_time';
  map_hash_bucket_size 128;
  map $http_x_api_key $known { default 0; "${key}" 1; }
  limit_req_zone $http_x_api_key zone=keys:10m rate=1000000r/s;
  upstream backend { server 127.0.0.1:${upstreamPort}; keepalive 256; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      if ($known = 0) { return 401; }
      limit_req zone=keys burst=1000000 nodelay;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header X-Request-Id $request_id;
      proxy_pass http://backend;
    }
  }`;
  writeFileSync(file, wrap(folder, `${folder}/access.log usage buffer=64k flush=1s`, http));
  return file;
}
