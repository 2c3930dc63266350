using Tokenline.Commerce;
using Tokenline.Gateway;
using Tokenline.Host.Doctor;

namespace Tokenline.Host.Tests;

/// <summary>What <c>tokenline doctor</c> finds, and that it names a remedy for whatever is not well.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tokenline-doctor-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_folder_that_was_served_is_well_and_a_secret_that_others_may_read_is_not()
    {
        await using (var server = await TokenlineServer.StartAsync(Settings("http://127.0.0.1:0"), Cancel))
            await server.StopAsync();

        Assert.All(await FolderLook.TakeAsync(Settings("http://127.0.0.1:0"), Cancel), AssertNotIll);
        var journal = Assert.Single(await JournalLook.TakeAsync(Settings("http://127.0.0.1:0"), Cancel));
        Assert.Equal(Health.Well, journal.Health);

        if (OperatingSystem.IsWindows())
            return; // it has no such modes
        var secret = Path.Combine(folder, "vendor-keys.secret");
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        var ill = Assert.Single(
            await FolderLook.TakeAsync(Settings("http://127.0.0.1:0"), Cancel),
            finding => finding.Health == Health.Ill
        );
        Assert.Equal($"chmod 600 {secret}", ill.Remedy);
    }

    [Fact]
    public async Task A_demo_that_others_reach_is_ill()
    {
        var findings = await AddressesLook.TakeAsync(Settings("http://0.0.0.0:8080"), Cancel);

        Assert.Contains(findings, finding => finding is { About: "demo", Health: Health.Ill });
        Assert.Contains(findings, finding => finding is { About: "encryption", Health: Health.Watch });
        Assert.All(findings.Where(finding => finding.Health != Health.Well), finding => Assert.NotNull(finding.Remedy));
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_a_finding_and_not_a_fault()
    {
        var cluster = new ClusterSettings(
            "Host=127.0.0.1;Port=1;Timeout=1",
            "c",
            new(System.Net.IPAddress.Loopback, 0),
            default,
            null,
            null
        );

        var finding = Assert.Single(await DatabaseLook.TakeAsync(Settings("http://127.0.0.1:0") with { Cluster = cluster }, Cancel));

        Assert.Equal(Health.Ill, finding.Health);
    }

    [Theory]
    [InlineData("Max open files            1024                 524288               files     ", 1024L)]
    [InlineData("Max open files            unlimited            unlimited            files     ", long.MaxValue)]
    [InlineData("Max processes             1024                 1024                 processes ", null)]
    public void The_limit_of_open_files_is_read(string line, long? limit) => Assert.Equal(limit, ProcessLook.OpenFiles([line]));

    private static void AssertNotIll(Finding finding) => Assert.True(finding.Health != Health.Ill, $"{finding.About}: {finding.Says}");

    private Settings Settings(string urls) =>
        new(folder, urls, null, Demo: true, "http://127.0.0.1:0", new GatewayOptions(), new CommerceOptions());
}
