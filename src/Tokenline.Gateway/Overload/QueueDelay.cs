using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tokenline.Gateway.Overload;

/// <summary>
/// What arrives waits: at the threads that hear of sockets, and for a thread of the pool. How long is not told by anybody, so it is tried, twenty times a second: a byte
/// is sent to ourselves at each of these threads, and a work item to the pool. The longest of them is what a call waits now before it is looked at. It is done by a thread
/// of its own, which waits for none of the others.
/// </summary>
internal sealed partial class QueueDelay(GatewayOptions options, Admission admission, TimeProvider time, ILogger<QueueDelay> log)
    : IHostedService,
        IDisposable
{
    private const int OftenMilliseconds = 50;

    /// <summary>Of fewer calls than this in a measurement none is refused: what they wait for is no queue of calls, but code that is compiled, or a neighbour.</summary>
    private const int CallsMin = 2;
    private const double Newest = 0.1; // of a moving average

    private readonly List<Echo> echoes = [];
    private readonly Lag pool = new(time);
    private readonly ManualResetEventSlim stop = new(false, spinCount: 0); // nobody is in a hurry to hear of it
    private Thread? thread;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.QueueDelayMilliseconds == 0)
            return;
        try
        {
            // Sockets are dealt out to the threads that hear of them in turn: so many, one after the other, are at all of them.
            for (var i = 0; i < Environment.ProcessorCount; i++)
                echoes.Add(await Echo.OpenAsync(time, cancellationToken));
        }
        catch (SocketException e)
        {
            LogNoEcho(e); // the pool alone says less, and is better than nothing
        }
        thread = new Thread(Run) { IsBackground = true, Name = "queue delay" };
        thread.Start();
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        End();
        return Task.CompletedTask;
    }

    private void End()
    {
        stop.Set();
        thread?.Join();
    }

    private void Run()
    {
        var law = new SheddingLaw(TimeSpan.FromMilliseconds(options.QueueDelayMilliseconds));
        var told = time.GetTimestamp();
        var (asked, recent) = (admission.Asked, 0.0);
        while (!stop.Wait(OftenMilliseconds))
        {
            var longest = pool.Read();
            foreach (var echo in echoes)
                longest = echo.Lag.Read() is var lag && lag > longest ? lag : longest;
            law.Observe(longest, time.GetElapsedTime(told));
            told = time.GetTimestamp();
            recent += Newest * (admission.Asked - asked - recent);
            asked = admission.Asked;
            admission.Share = recent < CallsMin ? 0 : law.Share;

            foreach (var echo in echoes)
                echo.Call();
            // Behind all that waits for the pool, not before it as what a worker leaves to itself.
            if (pool.TrySend())
                ThreadPool.UnsafeQueueUserWorkItem(static pool => pool.Hear(), pool, preferLocal: false);
        }
    }

    public void Dispose()
    {
        End();
        foreach (var echo in echoes)
            echo.Dispose();
        stop.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "how long calls wait at sockets cannot be measured")]
    private partial void LogNoEcho(SocketException exception);

    /// <summary>A connection to ourselves.</summary>
    private sealed class Echo : IDisposable
    {
        private static readonly byte[] word = [1];
        private readonly Socket mouth;
        private readonly Socket ear;

        private Echo(Socket mouth, Socket ear, TimeProvider time)
        {
            (this.mouth, this.ear, Lag) = (mouth, ear, new Lag(time));
            _ = HearAsync();
        }

        public Lag Lag { get; }

        public static async Task<Echo> OpenAsync(TimeProvider time, CancellationToken cancellation)
        {
            using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen(1);
            var mouth = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await mouth.ConnectAsync(listener.LocalEndPoint!, cancellation);
                while (true)
                {
                    var ear = await listener.AcceptAsync(cancellation);
                    if (ear.RemoteEndPoint!.Equals(mouth.LocalEndPoint))
                        return new(mouth, ear, time);
                    ear.Dispose(); // somebody else found the port
                }
            }
            catch
            {
                mouth.Dispose();
                throw;
            }
        }

        /// <summary>One byte, if the one before is back: it always fits.</summary>
        public void Call()
        {
            if (!Lag.TrySend())
                return;
            try
            {
                mouth.Send(word);
            }
            catch (SocketException)
            {
                Lag.Cut();
            }
        }

        /// <summary>On the thread that hears of this socket, behind what it hears of before.</summary>
        private async Task HearAsync()
        {
            var heard = new byte[1];
            try
            {
                while (await ear.ReceiveAsync(heard.AsMemory()).ConfigureAwait(false) > 0)
                    Lag.Hear();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // cut by somebody, or the process ends
            }
            Lag.Cut();
        }

        public void Dispose()
        {
            mouth.Dispose();
            ear.Dispose();
        }
    }
}
