using Microsoft.Extensions.Hosting;
using Tokenline.Commerce.WhatIf;

namespace Tokenline.Management.WhatIf;

/// <summary>Tries the drafts that were asked for, one after the other.</summary>
internal sealed class WhatIfService(WhatIfDesk desk) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await desk.WorkAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What was not tried by then waits for the next start, or for another node.
        }
    }
}
