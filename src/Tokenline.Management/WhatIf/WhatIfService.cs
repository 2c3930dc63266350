using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tokenline.Commerce.WhatIf;

namespace Tokenline.Management.WhatIf;

/// <summary>Tries the drafts that were asked for, one after the other. A database that is away is asked again: nobody else has to stop for it.</summary>
internal sealed partial class WhatIfService(WhatIfDesk desk, TimeProvider time, ILogger<WhatIfService> log) : BackgroundService
{
    private static readonly TimeSpan again = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await desk.WorkAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // What was not tried by then waits for the next start, or for another node.
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                LogFailed(e);
                await Task.Delay(again, time, stoppingToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "drafts cannot be tried now")]
    private partial void LogFailed(Exception exception);
}
