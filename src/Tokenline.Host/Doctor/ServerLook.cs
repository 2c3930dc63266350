namespace Tokenline.Host.Doctor;

/// <summary>The server that this command line would talk to.</summary>
internal static class ServerLook
{
    public static async Task<IReadOnlyList<Finding>> TakeAsync(Settings settings, CancellationToken cancellation)
    {
        const string about = "server";
        if (!await ManagementAccess.IsServingAsync(cancellation))
            return
            [
                Finding.Watch(
                    about,
                    $"none answers at {settings.Urls.Split(';')[0]}",
                    "tokenline serve, or name another with TOKENLINE_URL."
                ),
            ];
        await using var management = await ManagementAccess.OpenAsync(cancellation);
        var isReady = await management.IsReadyAsync(cancellation);
        List<Finding> findings =
        [
            isReady
                ? Finding.Well(about, "it answers, and takes calls")
                : Finding.Ill(
                    about,
                    "it answers, and takes no calls (/readyz)",
                    "It starts, drains, or cannot write its journal: its log says which."
                ),
        ];
        try
        {
            await management.GetAsync("customers?limit=1", cancellation);
            findings.Add(Finding.Well("admin key", "the management API takes it"));
        }
        catch (SettingException e)
        {
            findings.Add(Finding.Ill("management", e.Message, "Set TOKENLINE_ADMIN_KEY to the key that the server was started with."));
        }
        return findings;
    }
}
