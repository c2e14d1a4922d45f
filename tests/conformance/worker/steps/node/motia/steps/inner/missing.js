import 'a-library-nobody-has';
