namespace Tokenline.Host.Doctor;

/// <summary>One look at a deployment. It changes nothing, and whatever goes wrong in it is a finding.</summary>
internal delegate Task<IReadOnlyList<Finding>> Look(Settings settings, CancellationToken cancellation);

/// <summary>Everything that is looked at, in the order in which it is told. Another look is another file, and a line here.</summary>
internal static class Examination
{
    private static readonly (string About, Look Look)[] looks =
    [
        ("process", ProcessLook.TakeAsync),
        ("addresses", AddressesLook.TakeAsync),
        ("data folder", FolderLook.TakeAsync),
        ("charge journal", JournalLook.TakeAsync),
        ("database", DatabaseLook.TakeAsync),
        ("server", ServerLook.TakeAsync),
        ("sealing keys", SecretsLook.TakeAsync),
        ("vendors", VendorsLook.TakeAsync),
    ];

    public static async Task<IReadOnlyList<Finding>> RunAsync(Settings settings, CancellationToken cancellation)
    {
        var findings = new List<Finding>();
        foreach (var (about, look) in looks)
        {
            try
            {
                findings.AddRange(await look(settings, cancellation));
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                findings.Add(Finding.Ill(about, $"it could not be looked at: {e.Message}", "See what the message names."));
            }
        }
        return findings;
    }
}
