using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Tokenline.Charging.Tests.Architecture;

/// <summary>What the system is made of beside its own code: exact versions, and licences that let anybody use it. Known vulnerabilities are looked for by <c>tests/audit.sh</c>.</summary>
public sealed partial class DependencyTests
{
    private static readonly string[] permissive =
    [
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "MIT",
        "PostgreSQL",
        "Unlicense",
        "Zlib",
    ];

    /// <summary>Their packages name a page instead of a licence; each was looked at.</summary>
    private static readonly Dictionary<string, string> looked = new() { ["K4os.Compression.LZ4"] = "MIT" };

    /// <summary>Asks that changes to its own files stay open. Tests alone use it, and it is never a part of what is shipped.</summary>
    private static readonly Dictionary<string, string> ofTests = new() { ["Deque.AxeCore.Commons"] = "MPL-2.0" };

    private static readonly string root = Root();

    [Fact]
    public void Every_package_has_one_exact_version_in_one_place()
    {
        var central = XDocument.Load(Path.Combine(root, "Directory.Packages.props")).Descendants("PackageVersion").ToList();

        Assert.All(central, package => Assert.Matches(Exact(), package.Attribute("Version")!.Value));
        Assert.Equal(central.Count, central.Select(package => package.Attribute("Include")!.Value.ToUpperInvariant()).Distinct().Count());
        Assert.All(Projects("src", "tests", "bench"), project => Assert.DoesNotMatch(OwnVersion(), File.ReadAllText(project)));
        using var tools = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, ".config", "dotnet-tools.json")));
        Assert.All(
            tools.RootElement.GetProperty("tools").EnumerateObject(),
            tool => Assert.Matches(Exact(), tool.Value.GetProperty("version").GetString()!)
        );
    }

    [Fact]
    public void Every_package_of_Node_has_one_exact_version_and_is_locked_by_its_hash()
    {
        var file = Path.Combine(root, "tests", "sdk-node", "package.json");
        using var package = JsonDocument.Parse(File.ReadAllText(file));
        Assert.All(
            package.RootElement.GetProperty("dependencies").EnumerateObject(),
            one => Assert.Matches(Exact(), one.Value.GetString()!)
        );
        using var locked = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, "tests", "sdk-node", "package-lock.json")));
        var packages = locked.RootElement.GetProperty("packages").EnumerateObject().Where(one => one.Name.Length > 0).ToList();
        Assert.NotEmpty(packages);
        Assert.All(packages, one => Assert.StartsWith("sha512-", one.Value.GetProperty("integrity").GetString(), StringComparison.Ordinal));
        Assert.All(packages, one => Assert.Contains(one.Value.GetProperty("license").GetString(), permissive));
    }

    [Fact]
    public void Every_package_also_of_a_package_has_a_licence_that_lets_anybody_use_it()
    {
        var shipped = PackagesOf("src");
        var all = PackagesOf("src", "tests", "bench");

        Assert.True(all.Count > 100, "they were restored to be built");
        Assert.All(shipped, package => Assert.DoesNotContain(package.Id, ofTests.Keys));
        Assert.DoesNotContain(
            all.Select(package => (package.Id, Licence: LicenceOf(package.Folder, package.Id))),
            package => !permissive.Contains(package.Licence) && ofTests.GetValueOrDefault(package.Id) != package.Licence
        );
    }

    private static List<(string Id, string Folder)> PackagesOf(params string[] folders) =>
        [
            .. Projects(folders)
                .Select(project => Path.Combine(Path.GetDirectoryName(project)!, "obj", "project.assets.json"))
                .Where(File.Exists)
                .SelectMany(Packages)
                .Distinct(),
        ];

    private static IEnumerable<string> Projects(params string[] folders) =>
        folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.csproj", SearchOption.AllDirectories));

    private static IReadOnlyList<(string Id, string Folder)> Packages(string assets)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(assets));
        var folders = json.RootElement.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name).ToList();
        return
        [
            .. json
                .RootElement.GetProperty("libraries")
                .EnumerateObject()
                .Where(library => library.Value.GetProperty("type").GetString() == "package")
                .Select(library =>
                    (
                        library.Name.Split('/')[0],
                        folders
                            .Select(folder => Path.Combine(folder, library.Value.GetProperty("path").GetString()!))
                            .First(Directory.Exists)
                    )
                ),
        ];
    }

    private static string LicenceOf(string folder, string id)
    {
        if (looked.TryGetValue(id, out var known))
            return known;
        var about = XDocument.Load(Directory.EnumerateFiles(folder, "*.nuspec").Single());
        var licence = about.Descendants().FirstOrDefault(element => element.Name.LocalName == "license");
        return licence?.Attribute("type")?.Value == "expression" ? licence.Value : "not named";
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Tokenline.slnx")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("the solution's root is above the tests");
        return folder.FullName;
    }

    [GeneratedRegex(@"^\d+\.\d+\.\d+(\.\d+)?(-[0-9A-Za-z.-]+)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Exact();

    [GeneratedRegex("<PackageReference[^>]*\\sVersion(Override)?=", RegexOptions.ExplicitCapture)]
    private static partial Regex OwnVersion();
}
