using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Tokenline.Commerce.Configuration;
using Tokenline.Gateway.Overload;

namespace Tokenline.Gateway.Pipeline;

/// <summary>
/// The calls that run in this process, and the door they come in by. It opens when the host has finished its start, and closes first of all when the
/// process is to end: then running calls have the drain time to finish, and are cut after it. What was delivered is settled, the rest is free.
/// Before it closes it may stay open for a moment, so that nobody who was told to go elsewhere finds it closed.
/// </summary>
public sealed class RunningCalls(GatewayOptions options, ConfigurationWatch configuration, Admission admission, TimeProvider time)
    : IHostedLifecycleService
{
    /// <summary>What a cut call may take to wait for its vendor's usage and to settle.</summary>
    private static readonly TimeSpan settleTime = TimeSpan.FromSeconds(15);

    private static readonly Rejection starting = new(
        Problems.Overloaded,
        "This server is starting. Try again in a moment.",
        RetryAfterSeconds: 1
    );
    internal static readonly Rejection Ending = new(
        Problems.Overloaded,
        "This server is shutting down. Try again in a moment.",
        RetryAfterSeconds: 1
    );

    private static readonly Rejection stale = new(
        Problems.Overloaded,
        "This server cannot see at this moment which keys and prices are in force. Try again in a moment.",
        RetryAfterSeconds: 1
    );

    private readonly ConcurrentDictionary<Call, bool> running = new();
    private readonly TaskCompletionSource empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Rejection? closed = starting;
    private volatile bool isLeaving;

    /// <summary>From now on calls are served.</summary>
    public void Open() => closed = null;

    /// <summary>Calls are served, and will be for longer than it takes to say so.</summary>
    public bool IsOpen => closed is null && !isLeaving && configuration.IsFresh(time.GetUtcNow());

    /// <summary>Null: in, and <see cref="Leave"/> must follow.</summary>
    internal Rejection? Enter(Call call)
    {
        if (closed is { } early)
            return early;
        if (!configuration.IsFresh(time.GetUtcNow()))
            return stale;
        if (call.Line is not null)
            admission.EnterFreely();
        else if (admission.Enter() is { } busy)
            return busy;
        running[call] = true;
        // The door may have been closed in between; then nobody may be waiting for this one.
        if (closed is not { } late)
            return null;
        Leave(call);
        return late;
    }

    internal void Leave(Call call)
    {
        running.TryRemove(call, out _);
        admission.Leave();
        if (closed is not null && running.IsEmpty)
            empty.TrySetResult();
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        isLeaving = true;
        if (closed is null && options.LeaveNoticeSeconds > 0)
            await Task.Delay(TimeSpan.FromSeconds(options.LeaveNoticeSeconds), time, CancellationToken.None);
        closed = Ending;
        if (running.IsEmpty || await EndedWithinAsync(TimeSpan.FromSeconds(options.DrainSeconds)))
            return;
        foreach (var call in running.Keys)
            call.CutHere();
        await EndedWithinAsync(settleTime);
    }

    private async Task<bool> EndedWithinAsync(TimeSpan patience)
    {
        try
        {
            await empty.Task.WaitAsync(patience, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
