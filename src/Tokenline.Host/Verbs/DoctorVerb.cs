using System.CommandLine;
using System.Text.Json;
using Tokenline.Host.Doctor;

namespace Tokenline.Host.Verbs;

/// <summary><c>tokenline doctor</c>: looks at a deployment and says what is wrong with it, and what to do. It changes nothing.</summary>
internal static class DoctorVerb
{
    public static Command Command()
    {
        var command = new Command(
            "doctor",
            "Look at this deployment – settings, folder, journal, database, server, vendors – and say what is wrong. Exit code 1 if something is."
        );
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var findings = await Examination.RunAsync(ServeVerb.ReadSettings(), cancellation);
                if (parsed.GetValue(ApiVerbs.Json))
                    Output.Show(JsonSerializer.SerializeToElement(new { items = findings.Select(Body) }), asJson: true);
                else
                    Tell(findings);
                return findings.Any(finding => finding.Health == Health.Ill) ? 1 : 0;
            }
        );
        return command;
    }

    private static object Body(Finding finding) =>
        new
        {
            about = finding.About,
            health = Word(finding.Health),
            says = finding.Says,
            remedy = finding.Remedy,
        };

    private static void Tell(IReadOnlyList<Finding> findings)
    {
        foreach (var finding in findings)
        {
            Console.WriteLine($"{Word(finding.Health), -6} {finding.About, -18} {finding.Says}");
            if (finding.Remedy is { } remedy)
                Console.WriteLine($"{"", -25} -> {remedy}");
        }
        int Count(Health health) => findings.Count(finding => finding.Health == health);
        Console.WriteLine($"{Count(Health.Well)} well, {Count(Health.Watch)} to watch, {Count(Health.Ill)} ill");
    }

    private static string Word(Health health) =>
        health switch
        {
            Health.Well => "well",
            Health.Watch => "watch",
            _ => "ILL",
        };
}
