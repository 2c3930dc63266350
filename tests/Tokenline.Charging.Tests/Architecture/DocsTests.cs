using System.Text.RegularExpressions;

namespace Tokenline.Charging.Tests.Architecture;

/// <summary>What the pages point to is there: tests that they say show something, and other pages.</summary>
public sealed partial class DocsTests
{
    private static readonly string root = Root().FullName;

    public static TheoryData<string> Pages =>
        [
            .. new[] { "docs", "src", "deploy" }
                .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.md", SearchOption.AllDirectories))
                .Append(Path.Combine(root, "README.md"))
                .Where(page => !page.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
                .Select(page => Path.GetRelativePath(root, page))
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Tests_that_a_page_names_are_there(string page)
    {
        var named = Test().Matches(File.ReadAllText(Path.Combine(root, page))).Select(match => match.Groups["test"].Value);

        Assert.Empty(named.Except(classes.Value));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Pages_that_a_page_links_to_are_there(string page)
    {
        var home = Path.GetDirectoryName(Path.Combine(root, page))!;
        var links = Link().Matches(File.ReadAllText(Path.Combine(root, page))).Select(match => match.Groups["to"].Value);

        Assert.DoesNotContain(links, link => !File.Exists(Path.Combine(home, link)) && !Directory.Exists(Path.Combine(home, link)));
    }

    private static readonly Lazy<HashSet<string>> classes = new(() =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(root, "tests"), "*.cs", SearchOption.AllDirectories)
                .SelectMany(file => Class().Matches(File.ReadAllText(file)))
                .Select(match => match.Groups["name"].Value),
        ]
    );

    private static DirectoryInfo Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Tokenline.slnx")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("the solution's root is above the tests");
        return folder;
    }

    [GeneratedRegex("`(?:[A-Za-z]+/)*(?<test>[A-Z][A-Za-z]+(?:Tests|Properties|Stories|Contract))`")]
    private static partial Regex Test();

    [GeneratedRegex(@"\bclass (?<name>\w+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Class();

    [GeneratedRegex(@"\]\((?!https?:|#|/|mailto:)(?<to>[^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();
}
