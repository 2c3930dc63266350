using System.Diagnostics;
using k8s;

namespace Tokenline.Host.Tests;

/// <summary>What <c>deploy/</c> holds is what the systems it is for accept.</summary>
public sealed class DeployTests
{
    [Fact]
    public void Kubernetes_manifests_are_of_its_schema()
    {
        var text = File.ReadAllText(Path.Combine(Root(), "deploy/kubernetes/tokenline.yaml"));

        var objects = KubernetesYaml.LoadAllFromString(text, typeMap: null, strict: true);

        Assert.Contains(objects, item => item is k8s.Models.V1StatefulSet { Spec.Template.Spec.TerminationGracePeriodSeconds: >= 63 });
        Assert.Throws<YamlDotNet.Core.YamlException>(() =>
            KubernetesYaml.LoadAllFromString(
                text.Replace("terminationGracePeriodSeconds", "terminationGracePeriod"),
                typeMap: null,
                strict: true
            )
        );
    }

    [Fact]
    public async Task The_unit_is_one_that_systemd_takes()
    {
        var unit = Path.Combine(Root(), "deploy/systemd/tokenline.service");
        var lines = await File.ReadAllLinesAsync(unit, TestContext.Current.CancellationToken);
        Assert.Contains("KillSignal=SIGTERM", lines);
        if (!File.Exists("/usr/bin/systemd-analyze"))
            return; // not a system with systemd: the lines above are all that can be said
        using var verify = Process.Start(
            new ProcessStartInfo("systemd-analyze", ["verify", unit]) { RedirectStandardError = true, UseShellExecute = false }
        )!;
        var said = await verify.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await verify.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("tokenline.service", said, StringComparison.Ordinal);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Tokenline.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("these tests run inside the repository");
        return folder.FullName;
    }
}
