using System.Diagnostics.CodeAnalysis;

namespace Tokenline.Gateway.Upstreams;

/// <summary>
/// One connection to a vendor, for one exchange at a time. It always listens when nothing is to be read of it, so that a vendor who closes it while nobody
/// uses it is noticed without asking, and an answer is heard by the read that was waiting already.
/// </summary>
internal sealed class VendorConnection(Stream stream, VendorPool pool, long openedAt) : IDisposable
{
    private const int FirstBytes = 4096;

    private byte[] buffer = new byte[FirstBytes];
    private int start;
    private int end;
    private ValueTask<int> listening;
    private bool listens;
    private CancellationTokenRegistration watching;
    private CancellationToken cancellation;
    private volatile bool isCut;

    /// <summary>As a timestamp.</summary>
    public long OpenedAt => openedAt;

    /// <summary>Since when nobody uses it, as a timestamp.</summary>
    public long IdleSince { get; set; }

    /// <summary>Nothing has come while nobody used it: neither its end, nor what nobody asked for.</summary>
    public bool IsSilent => listens && !listening.IsCompleted;

    /// <summary>What has come and was not taken yet.</summary>
    public ReadOnlySpan<byte> Buffered => buffer.AsSpan(start, end - start);

    /// <summary>Begins to listen, before it is asked or while nobody uses it.</summary>
    [SuppressMessage("Reliability", "CA2012", Justification = "whoever asks awaits it, once; else it ends with the connection")]
    public void Listen()
    {
        (start, end) = (0, 0);
        listens = true;
        try
        {
            listening = stream.ReadAsync(buffer);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            listening = ValueTask.FromException<int>(e);
        }
    }

    /// <summary>Completes with the head of the answer.</summary>
    /// <exception cref="HttpRequestException">It broke off before, or what came is no answer.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; so does reading the answer, when that happens before its end.</exception>
    public async Task<VendorAnswer> AskAsync(VendorRequest request, CancellationToken cancellationToken)
    {
        Watch(cancellationToken);
        var isSent = true;
        try
        {
            try
            {
                await request.WriteToAsync(stream);
            }
            catch (IOException) when (!isCut)
            {
                isSent = false; // a vendor may refuse a request before it has all of it: what it says is heard
            }
            finally
            {
                request.Dispose();
            }
            while (true)
            {
                Heard(await MoreAsync());
                while (AnswerHead.TryRead(Buffered, out var head, out var length))
                {
                    Take(length);
                    if (!head.IsInterim)
                        return new VendorAnswer(this, head, isSent);
                }
            }
        }
        catch (Exception e)
        {
            Dispose();
            throw Told(e) switch
            {
                OperationCanceledException cancelled => cancelled,
                InvalidDataException invalid => new HttpRequestException(HttpRequestError.InvalidResponse, invalid.Message, invalid),
                EndOfStreamException ended => new HttpRequestException(HttpRequestError.ResponseEnded, ended.Message, ended),
                _ => new HttpRequestException(HttpRequestError.ConnectionError, e.Message, e), // it was reset
            };
        }
    }

    /// <summary>Waits for more than is buffered; <see cref="Heard"/> is told how much it was.</summary>
    public ValueTask<int> MoreAsync()
    {
        if (listens)
        {
            listens = false;
            return listening;
        }
        MakeRoom();
        return stream.ReadAsync(buffer.AsMemory(end));
    }

    /// <exception cref="EndOfStreamException">Nothing more comes.</exception>
    public void Heard(int count) => end += count > 0 ? count : throw Closed();

    public static EndOfStreamException Closed() => new("the vendor closed the connection");

    /// <summary>Past what is buffered, of which there must be none.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> into) => stream.ReadAsync(into);

    public void Take(int count) => start += count;

    /// <summary>What a failure of the connection means: that it was cancelled, if it was.</summary>
    public Exception Told(Exception e) =>
        isCut ? new OperationCanceledException(cancellation)
        : e is ObjectDisposedException ? new IOException("the connection is closed", e)
        : e;

    /// <summary>All of the answer has been read.</summary>
    /// <param name="isReusable">As far as the answer goes.</param>
    public void Release(bool isReusable)
    {
        if (Unwatch() && isReusable && start == end)
            pool.Give(this);
        else
            Dispose();
    }

    /// <summary>It is cut when this is cancelled, until it is unwatched.</summary>
    public void Watch(CancellationToken cancellationToken)
    {
        cancellation = cancellationToken;
        watching = cancellationToken.UnsafeRegister(static state => ((VendorConnection)state!).Cut(), this);
    }

    /// <summary>From now on nobody cuts it; false: somebody has.</summary>
    public bool Unwatch()
    {
        watching.Dispose();
        return !isCut;
    }

    /// <summary>From any thread: whatever waits for it ends.</summary>
    public void Cut()
    {
        isCut = true;
        stream.Dispose();
    }

    public void Dispose()
    {
        watching.Dispose();
        stream.Dispose();
        if (listens)
            _ = EndedAsync(listening);
        listens = false;
    }

    private static async Task EndedAsync(ValueTask<int> read)
    {
        try
        {
            _ = await read;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // It is closed.
        }
    }

    private void MakeRoom()
    {
        var left = Buffered.Length;
        if (start > 0)
            Buffered.CopyTo(buffer);
        (start, end) = (0, left);
        if (left == buffer.Length)
            Array.Resize(ref buffer, 2 * left);
    }
}
