using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Tokenline.Host.Tests;

/// <summary>
/// A vendor that the test plays byte by byte on a bare socket. Each connection carries one call. Without a script the test takes the calls
/// from <see cref="NextAsync"/> and answers them itself.
/// </summary>
internal sealed class ScriptedVendor : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Channel<VendorCall> calls = Channel.CreateBounded<VendorCall>(1000);
    private readonly Func<VendorCall, Task>? script;
    private readonly CancellationTokenSource ended = new();
    private readonly Task accepting;
    private int received;

    public ScriptedVendor(Func<VendorCall, Task>? script = null)
    {
        this.script = script;
        listener.Start();
        accepting = AcceptAsync();
    }

    public Uri BaseUrl => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/v1");

    /// <summary>Calls so far.</summary>
    public int Received => Volatile.Read(ref received);

    /// <summary>A script: one word, more than all buffers on the way can hold, another word, and gone in the middle of a chunk.</summary>
    public static async Task CutAfterMuchAsync(VendorCall call)
    {
        await call.BeginAsync();
        await call.SendAsync(Wire.Delta("one"));
        for (var i = 0; i < 200; i++)
            await call.SendAsync($": {new string('-', 20_000)}\n\n");
        await call.SendAsync(Wire.Delta(" two"));
        await call.RawAsync("5\r\nda");
        call.Dispose();
    }

    public Task<VendorCall> NextAsync() =>
        calls.Reader.ReadAsync(RunningServer.Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(20), RunningServer.Cancel);

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptSocketAsync(ended.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            _ = ServeAsync(socket);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        socket.NoDelay = true;
        var call = new VendorCall(socket);
        try
        {
            await call.ReadAsync();
            Interlocked.Increment(ref received);
            if (script is null)
                await calls.Writer.WriteAsync(call);
            else
                await script(call);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            socket.Dispose(); // the gateway has let go of this call
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (ended.IsCancellationRequested)
            return;
        await ended.CancelAsync();
        await accepting; // first: a listener that was stopped between two calls cannot be asked for the next
        listener.Dispose();
        ended.Dispose();
        while (calls.Reader.TryRead(out var left))
            left.Cut();
    }
}

/// <summary>One call at the scripted vendor.</summary>
internal sealed class VendorCall(Socket socket) : IDisposable
{
    private readonly NetworkStream stream = new(socket, ownsSocket: true);

    public string Head { get; private set; } = "";

    public string Body { get; private set; } = "";

    public async Task ReadAsync()
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int end;
        while ((end = bytes.GetBuffer().AsSpan(0, (int)bytes.Length).IndexOf("\r\n\r\n"u8)) < 0)
            await MoreAsync();
        Head = Encoding.ASCII.GetString(bytes.GetBuffer(), 0, end);
        var length = Head.Split("\r\n").Single(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))[15..];
        var whole = end + 4 + int.Parse(length, CultureInfo.InvariantCulture);
        while (bytes.Length < whole)
            await MoreAsync();
        Body = Encoding.UTF8.GetString(bytes.GetBuffer(), end + 4, whole - end - 4);

        async Task MoreAsync()
        {
            var count = await stream.ReadAsync(buffer);
            if (count == 0)
                throw new IOException("the gateway closed the connection");
            bytes.Write(buffer, 0, count);
        }
    }

    /// <summary>The head of a stream.</summary>
    public Task BeginAsync(string contentType = "text/event-stream") =>
        RawAsync($"HTTP/1.1 200 OK\r\nContent-Type: {contentType}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");

    /// <summary>A piece of a stream, as one HTTP chunk in one segment.</summary>
    public Task SendAsync(string piece) => RawAsync($"{Encoding.UTF8.GetByteCount(piece):x}\r\n{piece}\r\n");

    /// <summary>The clean end of a stream.</summary>
    public async Task EndAsync()
    {
        await RawAsync("0\r\n\r\n");
        stream.Dispose();
    }

    /// <summary>A whole stream.</summary>
    public async Task StreamAsync(params string[] pieces)
    {
        await BeginAsync();
        foreach (var piece in pieces)
            await SendAsync(piece);
        await EndAsync();
    }

    /// <summary>A whole answer that is not streamed.</summary>
    public async Task AnswerAsync(string body, string status = "200 OK", string contentType = "application/json")
    {
        await RawAsync(
            $"HTTP/1.1 {status}\r\nContent-Type: {contentType}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}"
        );
        stream.Dispose();
    }

    /// <summary>Any bytes.</summary>
    public Task RawAsync(string bytes) => RawAsync(Encoding.UTF8.GetBytes(bytes));

    public Task RawAsync(ReadOnlyMemory<byte> bytes) => stream.WriteAsync(bytes).AsTask();

    /// <summary>Resets the connection.</summary>
    public void Cut()
    {
        socket.LingerState = new LingerOption(true, 0);
        stream.Dispose();
    }

    public void Dispose() => stream.Dispose();

    /// <summary>Completes when the gateway has let go of this call.</summary>
    public async Task WhenGoneAsync()
    {
        try
        {
            while (await stream.ReadAsync(new byte[256]).AsTask().WaitAsync(TimeSpan.FromSeconds(20), RunningServer.Cancel) > 0) { }
        }
        catch (IOException)
        {
            // reset: gone as well
        }
    }
}
