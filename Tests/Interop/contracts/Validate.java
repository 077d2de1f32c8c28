import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/** Java's own XML Schema validator: SCHEMA... -- DOCUMENT... gives a line for each pair, with the verdict behind a tab. */
class Validate {
    public static void main(String[] arguments) throws Exception {
        List<String> paths = Arrays.asList(arguments);
        int middle = paths.indexOf("--");
        for (String path : paths.subList(0, middle)) {
            Schema schema = factory().newSchema(Path.of(path).toFile());
            for (String document : paths.subList(middle + 1, paths.size()))
                System.out.println(path + "\t" + document + "\t" + verdict(schema, document));
        }
    }

    /** Checks also what costs time, such as content models that are not deterministic; a warning is an error. */
    private static SchemaFactory factory() throws SAXException {
        SchemaFactory factory = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI);
        factory.setFeature("http://apache.org/xml/features/validation/schema-full-checking", true);
        factory.setErrorHandler(new ErrorHandler() {
            @Override public void warning(SAXParseException problem) throws SAXException { throw problem; }
            @Override public void error(SAXParseException problem) throws SAXException { throw problem; }
            @Override public void fatalError(SAXParseException problem) throws SAXException { throw problem; }
        });
        return factory;
    }

    private static String verdict(Schema schema, String document) throws Exception {
        try {
            schema.newValidator().validate(new StreamSource(Path.of(document).toFile()));
            return "valid";
        } catch (SAXException problem) {
            return problem.getMessage();
        }
    }
}
