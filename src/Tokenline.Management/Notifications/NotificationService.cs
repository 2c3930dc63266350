using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Notifications;

namespace Tokenline.Management.Notifications;

/// <summary>Runs the dispatcher: a round a second, and one at once when a try is over. At shutdown no new try begins, and those that run are waited for.</summary>
internal sealed partial class NotificationService(
    NotificationDispatcher dispatcher,
    ILeadership leadership,
    TimeProvider time,
    ILogger<NotificationService> log
) : BackgroundService
{
    private static readonly TimeSpan period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(1);

    private readonly Bell ended = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        dispatcher.Ended = ended.Ring;
        dispatcher.Trouble = Tell;
        try
        {
            await leadership.WhileLeadingAsync(LeadershipWork.Notifications, RunAsync, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the server ends
        }
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        dispatcher.Forget();
        try
        {
            var pause = period;
            while (true)
            {
                await ended.WaitAsync(pause, time, stoppingToken);
                pause = await RoundAsync(stoppingToken);
            }
        }
        finally
        {
            await dispatcher.DrainAsync(); // before another node begins
        }
    }

    /// <summary>Returns how long to wait for the next.</summary>
    private async Task<TimeSpan> RoundAsync(CancellationToken stoppingToken)
    {
        try
        {
            await dispatcher.RoundAsync(stoppingToken);
            return period;
        }
        catch (ObjectDisposedException e) when (!stoppingToken.IsCancellationRequested)
        {
            // A process that ends without having stopped loses its services one by one, and this one soon. If it does not end, it is a failure as any other.
            await Task.Delay(period, time, stoppingToken);
            LogFailure(e);
            return patience;
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailure(e);
            return patience;
        }
    }

    private void Tell(Delivery delivery, Exception? e)
    {
        if (e is null)
            LogParked(new Id<EventKind>(delivery.Position), delivery.Lane, delivery.Attempts, delivery.LastFailure);
        else
            LogLost(e, new Id<EventKind>(delivery.Position), delivery.Lane);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Events could not be taken from the journal; it is tried again in a minute")]
    private partial void LogFailure(Exception e);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Event} could not be delivered on {Lane} and is parked after {Attempts} tries: {Failure}"
    )]
    private partial void LogParked(Id<EventKind> @event, string lane, int attempts, string? failure);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "How the delivery of {Event} on {Lane} went could not be written down; it may be delivered again"
    )]
    private partial void LogLost(Exception e, Id<EventKind> @event, string lane);

    /// <summary>Rung any number of times it wakes the next wait once.</summary>
    private sealed class Bell
    {
        private TaskCompletionSource rung = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Ring() => Volatile.Read(ref rung).TrySetResult();

        public async Task WaitAsync(TimeSpan most, TimeProvider time, CancellationToken cancellation)
        {
            try
            {
                await Volatile.Read(ref rung).Task.WaitAsync(most, time, cancellation);
            }
            catch (TimeoutException)
            {
                return;
            }
            Volatile.Write(ref rung, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
    }
}
