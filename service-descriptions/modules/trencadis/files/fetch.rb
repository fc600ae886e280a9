# Fetches one file from the platform over HTTPS: `ruby fetch.rb PATH`, with the order as JSON on stdin, for its token
# must not be an argument. In Ruby because Puppet brings it to every machine.
# Exit codes: 3 nobody answers there, 4 cut off, 5 refused, by the platform or because it is not the platform.
require 'json'
require 'net/http'
require 'openssl'
require 'socket'

path = ARGV.fetch(0)
address, port, name, location, token, authority =
  JSON.parse($stdin.read).values_at('address', 'port', 'serverName', 'path', 'token', 'authorityPem')

def stop(code, why)
  warn why
  exit code
end

# First by itself: only where there is no connection at all may the file come another way.
begin
  Socket.tcp(address, port, connect_timeout: 5, &:close)
rescue SystemCallError, SocketError => e
  stop 3, e.message
end

http = Net::HTTP.new(name, port, nil)
http.ipaddr = address
http.use_ssl = true
http.min_version = OpenSSL::SSL::TLS1_2_VERSION
http.verify_mode = OpenSSL::SSL::VERIFY_PEER
http.cert_store = OpenSSL::X509::Store.new.add_cert(OpenSSL::X509::Certificate.new(authority))
http.open_timeout = 10
http.read_timeout = 30
http.max_retries = 0

begin
  http.request(Net::HTTP::Get.new(location, 'Authorization' => "Bearer #{token}", 'Accept-Encoding' => 'identity')) do |answer|
    unless answer.is_a?(Net::HTTPOK)
      code = answer.is_a?(Net::HTTPServerError) ? 1 : 5
      stop code, "it answers #{answer.code} #{answer.body.to_s[0, 500]}"
    end
    File.open(path, 'wb', 0o644) { |file| answer.read_body { |piece| file.write(piece) } }
    stop 4, 'the file came only in part' unless File.size(path) == answer.content_length
  end
rescue OpenSSL::SSL::SSLError => e
  stop 5, e.message
rescue Errno::ENOSPC, Errno::EACCES, Errno::EROFS => e
  stop 1, e.message
rescue SystemCallError, IOError, Timeout::Error => e
  stop 4, "the connection was lost (#{e.message})"
end
