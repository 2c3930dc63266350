namespace Tokenline.Crash.Tests.Chaos;

/// <summary>Clients that call without pause while something happens.</summary>
internal sealed class Crowd(IReadOnlyList<Client> clients, IReadOnlyList<Uri> urls, Random random)
{
    private const int Workers = 3; // of each client
    private static readonly TimeSpan look = TimeSpan.FromMilliseconds(300);

    public static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(20);

    public IReadOnlyList<Client> Clients => clients;

    public int Answered => clients.Sum(client => client.Answered.Count);

    /// <summary>They call before, during, and until it has been done.</summary>
    public async Task WhileCallingAsync(Func<Task> act, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = Task.WhenAll(clients.Select(client => client.WorkAsync(urls, Workers, stop.Token)));
        try
        {
            await AnsweredMoreAsync(random.Next(10, 60), cancellation);
            await act();
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }
    }

    /// <summary>While they call.</summary>
    /// <param name="within">Null: <see cref="AnswersWithin"/>.</param>
    public async Task AnsweredMoreAsync(int count, CancellationToken cancellation, TimeSpan? within = null)
    {
        var goal = Answered + count;
        var since = TimeProvider.System.GetTimestamp();
        while (Answered < goal)
        {
            Assert.True(
                TimeProvider.System.GetElapsedTime(since) < (within ?? AnswersWithin),
                $"no {count} answers within {(within ?? AnswersWithin).TotalSeconds} s"
            );
            await Task.Delay(10, cancellation);
        }
    }

    /// <summary>Every client gets an answer through this server again.</summary>
    public async Task<bool> AnswersAsync(Uri url, CancellationToken cancellation)
    {
        var since = TimeProvider.System.GetTimestamp();
        foreach (var client in clients)
        {
            var before = client.Answered.Count;
            while (client.Answered.Count == before)
            {
                if (TimeProvider.System.GetElapsedTime(since) > AnswersWithin)
                    return false;
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                stop.CancelAfter(look);
                await client.WorkAsync([url], 1, stop.Token);
            }
        }
        return true;
    }
}
