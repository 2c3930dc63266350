using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tokenline.Bench;

/// <summary>How a call was answered. 0: its connection was cut, or could not be made.</summary>
internal readonly record struct RawAnswer(int Status, bool HasRetryAfter);

/// <summary>One connection that sends the same request again and again: a few microseconds a call, so that the load costs less than what is loaded.</summary>
internal sealed class RawClient(IPEndPoint server, byte[] request) : IDisposable
{
    private static readonly byte[] headEnd = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] length = "\r\ncontent-length: "u8.ToArray();

    private readonly byte[] buffer = new byte[16 * 1024];
    private Socket? socket;

    public static byte[] Request(string key, string body, string path = "/v1/chat/completions") =>
        Encoding.UTF8.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"
        );

    public async Task ConnectAsync()
    {
        socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server);
    }

    public Task SendAsync(ReadOnlyMemory<byte> bytes) => socket!.SendAsync(bytes, SocketFlags.None).AsTask();

    public async Task<RawAnswer> CallAsync()
    {
        try
        {
            if (socket is null)
                await ConnectAsync();
            await socket!.SendAsync(request, SocketFlags.None);
            return await ReadAsync();
        }
        catch (SocketException)
        {
            Dispose();
            return default;
        }
    }

    private async Task<RawAnswer> ReadAsync()
    {
        var (have, whole) = (0, -1);
        while (whole < 0 || have < whole)
        {
            var count = await socket!.ReceiveAsync(buffer.AsMemory(have), SocketFlags.None);
            if (count == 0)
            {
                Dispose();
                return default;
            }
            have += count;
            if (whole < 0 && buffer.AsSpan(0, have).IndexOf(headEnd) is >= 0 and var end)
                whole = end + headEnd.Length + Length(buffer.AsSpan(0, end));
        }
        var head = buffer.AsSpan(0, have);
        var isClosing = head.IndexOf("Connection: close"u8) >= 0;
        var answer = new RawAnswer(
            Utf8Parser.TryParse(head[9..], out int status, out _) ? status : 0,
            status != 200 && head.IndexOf("Retry-After: "u8) >= 0
        );
        if (isClosing)
            Dispose();
        return answer;
    }

    private static int Length(ReadOnlySpan<byte> head)
    {
        for (var at = 0; at + length.Length < head.Length; at++)
        {
            if (Ascii.EqualsIgnoreCase(head.Slice(at, length.Length), length))
                return Utf8Parser.TryParse(head[(at + length.Length)..], out int bytes, out _) ? bytes : 0;
        }
        return 0;
    }

    public void Dispose()
    {
        socket?.Dispose();
        socket = null;
    }
}
